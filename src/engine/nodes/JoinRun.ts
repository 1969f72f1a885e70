/**
 * A join at work: collects, for each row of the branches' common flow, what comes out of each
 * branch, and calls its function once nothing more can come.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Row } from "../../columns/Row.ts"
import { renames, rowIntoFlow } from "../../step/mapping.ts"
import { rowsOf } from "../../step/produced.ts"
import type { JoinWorker } from "../../step/Worker.ts"
import type { KeptRows } from "../keep/KeptRows.ts"
import { childKey, joinedKey } from "../keep/keys.ts"
import { atSource, byPlace, type Item, type Place, type Token } from "../plan/Item.ts"
import type { PlanEdge, PlanNode } from "../plan/linked.ts"
import { failureIn, rowFailure, stepFailure } from "../watch/failures.ts"
import type { StepCounts } from "../watch/StepCounts.ts"
import type { Moves } from "./Moves.ts"
import type { NodeRun } from "./NodeRun.ts"
import { StepCall } from "./StepCall.ts"

/** The branches' rows for one common row. */
export interface Arms {
  readonly items: ReadonlyArray<ReadonlyArray<Item>>
  readonly place: Place
}

/** The branches' rows with the key that stands for all of them. */
interface KeyedArms extends Arms {
  readonly key: string | undefined
}

export class JoinRun implements NodeRun {
  readonly #moves: Moves
  readonly #node: PlanNode
  readonly #worker: JoinWorker
  readonly #call: StepCall
  readonly #counts: StepCounts
  readonly #queue: Array<KeyedArms> = []
  readonly #kept: KeptRows | undefined
  #busy = false

  /** Numbers the rows that leave, for a join whose rows have no common row to take their place from. */
  readonly #number: (() => number) | undefined

  constructor(moves: Moves, node: PlanNode, worker: JoinWorker, number?: () => number) {
    this.#number = number
    this.#kept = moves.keeping.kept.get(node.name)
    this.#moves = moves
    this.#node = node
    this.#worker = worker
    this.#call = new StepCall(node.step!, moves.warn)
    this.#counts = moves.countsOf(node.name)
  }

  receive(item: Item, edge: PlanEdge): void {
    this.#counts.received(item.position)
    const token = item.tokens.find(
      ({ region }) => region.to === this.#node && region.edge === undefined
    )
    if (token === undefined) {
      this.join({ items: [[item]], place: item })
      return
    }
    token.arms ??= this.#node.ins.map(() => [])
    // What else waits for this row goes on waiting, until the join's result takes its place.
    token.arms[edge.arm]!.push({ ...item, tokens: item.tokens.filter((other) => other !== token) })
    this.#moves.rest(item)
    this.#moves.release(token)
  }

  fire({ arms, place }: Token): void {
    if (arms === undefined) return
    // Rows came back from their rest: the source row is at work again.
    for (const item of arms.flat()) this.#moves.hold(item.credit)
    this.join({ items: arms, place })
  }

  /** The rows of each branch are here. */
  join({ items, place }: Arms): void {
    const arms = {
      items,
      place,
      key: this.#moves.keeping.keyed ? joinedKey(inOrder(items)) : undefined
    }
    const kept = this.#kept?.find(arms.key)
    if (kept === undefined) {
      this.#queue.push(arms)
      this.#moves.wake()
    } else {
      this.#give(arms, kept, undefined)
    }
  }

  /** Whether all rows that came have left. */
  get idle(): boolean {
    return !this.#busy && this.#queue.length === 0
  }

  work(): boolean {
    if (this.#busy) return false
    const arms = this.#queue.shift()
    if (arms === undefined) return false
    this.#process(arms)
    return true
  }

  #process(arms: KeyedArms): void {
    const rows = inOrder(arms.items).map((items) => items.map(({ row }) => row))
    let out
    try {
      out = rowsOf(this.#worker.process(this.#prepared(rows)))
    } catch (thrown) {
      this.#failed(arms, rows, thrown)
      return
    }
    if (!Effect.isEffect(out)) {
      this.#done(arms, rows, out)
      return
    }
    this.#busy = true
    this.#moves.launch(out, (exit) => {
      this.#busy = false
      if (Exit.isSuccess(exit)) this.#done(arms, rows, exit.value)
      else this.#failed(arms, rows, failureIn(exit.cause))
    })
  }

  #prepared(rows: ReadonlyArray<ReadonlyArray<Row>>): ReadonlyArray<ReadonlyArray<Row>> {
    return rows.map((arm) => arm.map((row) => this.#call.into(row)[0]))
  }

  /** Columns of the branches that made place for others, later branches winning. */
  #aside(rows: ReadonlyArray<ReadonlyArray<Row>>): Row {
    const asides = rows.flat().map((row) => this.#call.into(row)[1])
    return Object.assign({}, ...asides) as Row
  }

  #done(arms: KeyedArms, rows: ReadonlyArray<ReadonlyArray<Row>>, out: ReadonlyArray<Row>): void {
    const { extendsRows, mappings, removes } = this.#node.step!
    const decoded = out.map((row) => this.#call.decoded(row))
    const wrong = decoded.find(({ failure }) => failure !== undefined)
    if (wrong !== undefined) {
      this.#failed(arms, rows, wrong.failure)
      return
    }
    const aside = this.#aside(rows)
    const finished = decoded.map(({ row }) => {
      const own: Record<string, unknown> = extendsRows
        ? { ...laidOver(this.#prepared(rows)), ...row }
        : { ...row }
      for (const column of removes) delete own[column]
      return renames(mappings) ? rowIntoFlow(own, aside, mappings) : own
    })
    const failure = failureOf(arms)
    if (failure === undefined) this.#kept?.keep(arms.key, finished)
    this.#give(arms, finished, failure)
  }

  #give(arms: KeyedArms, rows: ReadonlyArray<Row>, failure: Item["failure"]): void {
    const several = rows.length > 1
    rows.forEach((row, i) => {
      if (failure === undefined) this.#counts.done(arms.place.position)
      this.#send(arms, row, failure, several ? i : undefined)
    })
    this.#leave(arms)
  }

  #failed(arms: KeyedArms, rows: ReadonlyArray<ReadonlyArray<Row>>, thrown: unknown): void {
    // A branch that failed is the cause, not what the join made of its nulls.
    const before = failureOf(arms)
    const failure = before ?? rowFailure(this.#node.name, thrown)
    if (failure.fatal === true) throw stepFailure(failure)
    if (before === undefined) this.#counts.failed(arms.place.position, failure)
    this.#send(arms, this.#call.nulled(laidOver(rows)), failure, undefined)
    this.#leave(arms)
  }

  #send(
    { items, key, place }: KeyedArms,
    row: Row,
    failure: Item["failure"],
    index: number | undefined
  ): void {
    const { credit, tokens } = items.find((arm) => arm.length > 0)![0]!
    const path = index === undefined ? place.path : [...place.path, index]
    const at =
      this.#number === undefined
        ? { position: place.position, path }
        : { position: this.#number(), path: atSource }
    this.#moves.send(this.#node, {
      row,
      failure,
      ...at,
      tokens,
      key: childKey(key, index),
      credit
    })
  }

  #leave({ items }: Arms): void {
    for (const item of items.flat()) this.#moves.leave(item)
  }
}

/** In order within a branch: rows of a branch come as they are ready. */
const inOrder = (arms: Arms["items"]): Arms["items"] =>
  arms.map((items) => (items.length > 1 ? items.toSorted(byPlace) : items))

const failureOf = ({ items }: Arms): Item["failure"] =>
  items.flat().find(({ failure }) => failure !== undefined)?.failure

const laidOver = (rows: ReadonlyArray<ReadonlyArray<Row>>): Row =>
  Object.assign({}, ...rows.flat()) as Row
