/**
 * A node of a later stage: rows that come to it wait, on disk where they are many, until its step
 * is loaded.
 */
import type { Row } from "../../columns/Row.ts"
import type { Item, Token } from "../plan/Item.ts"
import type { PlanEdge } from "../plan/linked.ts"
import type { Moves } from "./Moves.ts"
import type { NodeRun } from "./NodeRun.ts"
import { SpilledRows } from "./SpilledRows.ts"

/** What is known of a row that waits, besides what it holds. */
interface Waiting {
  readonly item: Omit<Item, "row">
  readonly edge: PlanEdge
}

const inMemory = 10_000

/** So many rows go on at a time. */
const rowsAtOnce = 50

export class StagedRun implements NodeRun {
  readonly #moves: Moves
  readonly #rows: SpilledRows
  #waiting: Array<Waiting> = []
  /**
   * What the node was told before it was there. A row that waits holds its tokens, so nothing is
   * told of its position that must come after it.
   */
  #told: Array<(inner: NodeRun) => void> = []
  #leaving: Iterator<Row> | undefined
  #next = 0
  #inner: NodeRun | undefined

  constructor(moves: Moves, name: string) {
    this.#moves = moves
    this.#rows = new SpilledRows(moves.spillPath(name), inMemory)
  }

  /** The step is loaded: what waits goes on. */
  enter(inner: NodeRun): void {
    this.#inner = inner
    this.#leaving = this.#rows[Symbol.iterator]()
    for (const tell of this.#told) tell(inner)
    this.#told = []
  }

  receive(item: Item, edge: PlanEdge): void {
    if (this.#inner !== undefined) {
      this.#inner.receive(item, edge)
      return
    }
    const { row, ...rest } = item
    this.#rows.push(row)
    this.#waiting.push({ item: rest, edge })
    this.#moves.rest(item)
  }

  complete(edge: PlanEdge, position: number): void {
    this.#tell((inner) => inner.complete?.(edge, position))
  }

  end(edge: PlanEdge, total: number): void {
    this.#tell((inner) => inner.end?.(edge, total))
  }

  fire(token: Token): void {
    this.#tell((inner) => inner.fire?.(token))
  }

  get waitsFor(): number | undefined {
    return this.#inner?.waitsFor
  }

  work(): boolean {
    const inner = this.#inner
    if (inner === undefined) return false
    if (this.#waiting.length === 0 || this.#moves.full) return inner.work?.() ?? false
    for (let i = 0; i < rowsAtOnce && this.#next < this.#waiting.length; i++) {
      const { edge, item } = this.#waiting[this.#next++]!
      this.#moves.hold(item.credit)
      inner.receive({ ...item, row: this.#leaving!.next().value as Row }, edge)
    }
    if (this.#next === this.#waiting.length) {
      this.#waiting = []
      this.#rows.clear()
    }
    return true
  }

  #tell(tell: (inner: NodeRun) => void): void {
    if (this.#inner === undefined) this.#told.push(tell)
    else tell(this.#inner)
  }
}
