/**
 * Collected rows: what a step that takes many rows at once has got so far, spilled to disk where
 * they are many.
 */
import { createHash, type Hash } from "node:crypto"
import type { Row } from "../../columns/Row.ts"
import { markRows, marked } from "../../step/lineage.ts"
import type { Item, Token } from "../plan/Item.ts"
import { SpilledRows } from "./SpilledRows.ts"
import type { StepCall } from "./StepCall.ts"

/** So many rows wait in memory. */
const inMemory = 10_000

export class Collected {
  readonly good: SpilledRows
  readonly errors: Array<Item> = []
  /** Tokens of good rows, where something later waits for them. */
  readonly #tokens = new Map<number, ReadonlyArray<Token>>()
  readonly #hash: Hash = createHash("sha1")
  #keyed = true
  #key: string | undefined
  /** Rows as the step got them, where it got them all at once. */
  #rows: ReadonlyArray<Row> = []
  #asides = new Map<number, Row>()

  constructor(spillPath: string) {
    this.good = new SpilledRows(spillPath, inMemory)
  }

  push(item: Item): void {
    if (item.failure !== undefined) {
      this.errors.push(item)
      return
    }
    if (item.tokens.length > 0) this.#tokens.set(this.good.length, item.tokens)
    if (item.key === undefined) this.#keyed = false
    else this.#hash.update(`${item.key} `)
    this.good.push(item.row)
  }

  /** How many rows there are, good and bad. */
  get count(): number {
    return this.good.length + this.errors.length
  }

  /** What stands for all the good rows in their order; undefined if one of them has no key. */
  get key(): string | undefined {
    if (this.#keyed) this.#key ??= this.#hash.digest("base64url")
    return this.#key
  }

  /** The good rows under the step's names: a list, or one after the other from disk. */
  prepared(call: StepCall, streams: boolean): ReadonlyArray<Row> {
    if (streams)
      return new RowStream(this.good, (row, index) =>
        this.#one(call, row, index)
      ) as unknown as ReadonlyArray<Row>
    const { aside, rows } = call.prepare([...this.good])
    this.#rows = rows
    aside.forEach((each, i) => this.#setAside(i, each))
    markRows(rows)
    return rows
  }

  #one(call: StepCall, row: Row, index: number): Row {
    const { aside, rows } = call.prepare([row])
    if (aside[0] !== undefined) this.#setAside(index, aside[0])
    return marked(rows[0]!, index)
  }

  #setAside(index: number, aside: Row): void {
    if (Object.keys(aside).length > 0) this.#asides.set(index, aside)
  }

  /**
   * The row that one came from; undefined where rows were streamed: what came of them has all their
   * columns.
   */
  from(of: number): Row | undefined {
    return this.#rows[of]
  }

  aside(of: number): Row {
    return this.#asides.get(of) ?? {}
  }

  tokens(of: number): ReadonlyArray<Token> {
    return this.#tokens.get(of) ?? []
  }

  /** Lets go of the rows; gives the tokens that they held. */
  release(): ReadonlyArray<Token> {
    this.good.clear()
    this.#rows = []
    return [...[...this.#tokens.values()].flat(), ...this.errors.flatMap(({ tokens }) => tokens)]
  }
}

/** Rows that are read one after the other, any number of times. */
class RowStream implements Iterable<Row> {
  readonly #rows: SpilledRows
  readonly #prepare: (row: Row, index: number) => Row

  constructor(rows: SpilledRows, prepare: (row: Row, index: number) => Row) {
    this.#rows = rows
    this.#prepare = prepare
  }

  get length(): number {
    return this.#rows.length
  }

  *[Symbol.iterator](): Generator<Row> {
    let index = 0
    for (const row of this.#rows) yield this.#prepare({ ...row }, index++)
  }
}
