/**
 * A step at work on batches: calls its function with up to `inputBatchSize` rows. A call that fails
 * is repeated row by row, so that a bad row takes no other along.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Row } from "../../columns/Row.ts"
import { rowsOf } from "../../step/produced.ts"
import { StepFailed } from "../../step/StepFailed.ts"
import type { BatchWorker } from "../../step/Worker.ts"
import type { KeptRows } from "../keep/KeptRows.ts"
import { childKey } from "../keep/keys.ts"
import type { Item } from "../plan/Item.ts"
import type { PlanNode } from "../plan/linked.ts"
import { failureIn, rowFailure, stepFailure } from "../watch/failures.ts"
import type { StepCounts } from "../watch/StepCounts.ts"
import type { StepTally } from "../watch/Tally.ts"
import type { Moves } from "./Moves.ts"
import type { NodeRun } from "./NodeRun.ts"
import { type Prepared, type Result, StepCall } from "./StepCall.ts"

export class BatchRun implements NodeRun {
  readonly #moves: Moves
  readonly #node: PlanNode
  readonly #worker: BatchWorker
  readonly #call: StepCall
  readonly #tally: StepTally
  readonly #counts: StepCounts
  #queue: Array<Item> = []
  /** Rows of a call that failed, to be tried one by one. */
  #single: Array<Item> = []
  #calls = 0
  readonly #kept: KeptRows | undefined
  /** Whether what it gives is not determined by what it gets. */
  readonly #keyedAnew: boolean

  constructor(moves: Moves, node: PlanNode, worker: BatchWorker) {
    this.#kept = moves.keeping.kept.get(node.name)
    this.#keyedAnew = node.step?.useCache === false
    this.#moves = moves
    this.#node = node
    this.#worker = worker
    this.#call = new StepCall(node.step!, moves.warn)
    this.#tally = moves.tallies.get(node.name)!
    this.#counts = moves.countsOf(node.name)
  }

  receive(item: Item): void {
    if (item.failure !== undefined) {
      this.#send(item, this.#call.nulled(item.row), undefined)
      this.#moves.leave(item)
      return
    }
    this.#counts.received(item.position)
    const kept = this.#kept?.find(item.key)
    if (kept === undefined) this.#queue.push(item)
    else this.#give(item, kept)
  }

  work(): boolean {
    if (this.#calls >= (this.#worker.replicas ?? 1)) return false
    const one = this.#single.shift()
    if (one !== undefined) {
      this.#process([one])
      return true
    }
    if (this.#queue.length === 0) return false
    const size = this.#node.batchSize
    const items = this.#queue.length <= size ? this.#queue : this.#queue.slice(0, size)
    this.#queue = this.#queue.length <= size ? [] : this.#queue.slice(size)
    this.#process(items)
    return true
  }

  #process(items: ReadonlyArray<Item>): void {
    this.#tally.inFlight += items.length
    let results: ReadonlyArray<Result>
    try {
      const prepared = this.#call.prepare(items.map(({ row }) => row))
      const out = rowsOf(this.#worker.process(prepared.rows))
      if (Effect.isEffect(out)) {
        this.#wait(items, prepared, out)
        return
      }
      results = this.#call.results(prepared, out)
    } catch (thrown) {
      this.#failed(items, thrown)
      return
    }
    this.#done(items, results)
  }

  #wait(
    items: ReadonlyArray<Item>,
    prepared: Prepared,
    out: Effect.Effect<ReadonlyArray<Row>, unknown>
  ): void {
    this.#calls++
    this.#moves.launch(out, (exit) => {
      this.#calls--
      let results: ReadonlyArray<Result>
      try {
        if (Exit.isFailure(exit)) throw failureIn(exit.cause)
        results = this.#call.results(prepared, exit.value)
      } catch (thrown) {
        this.#failed(items, thrown)
        return
      }
      this.#done(items, results)
    })
  }

  #done(items: ReadonlyArray<Item>, results: ReadonlyArray<Result>): void {
    this.#tally.inFlight -= items.length
    const rows: ReadonlyArray<Array<Row>> = items.map(() => [])
    let failures: ReadonlyArray<Array<Item["failure"]>> | undefined
    for (const { failure, of, row } of results) {
      if (failure !== undefined) {
        failures ??= items.map(() => [])
        failures[of]![rows[of]!.length] = failure
      }
      rows[of]!.push(row)
    }
    items.forEach((item, i) => {
      const wrong = failures?.[i]
      if (wrong === undefined || wrong.length === 0)
        this.#give(item, rows[i]!, this.#kept?.keep(item.key, rows[i]!))
      else this.#give(item, rows[i]!, [], wrong)
    })
  }

  #give(
    item: Item,
    rows: ReadonlyArray<Row>,
    texts: ReadonlyArray<string | undefined> = [],
    failures: ReadonlyArray<Item["failure"]> = []
  ): void {
    const many = this.#node.step!.rowCount === "one-to-many"
    rows.forEach((row, i) => {
      const failure = failures[i]
      if (failure === undefined) {
        this.#counts.done(item.position)
        this.#send(item, row, many ? i : undefined, texts[i])
      } else {
        this.#counts.failed(item.position, failure)
        this.#send({ ...item, failure }, this.#call.nulled(item.row), many ? i : undefined)
      }
    })
    this.#moves.leave(item)
  }

  #failed(items: ReadonlyArray<Item>, thrown: unknown): void {
    this.#tally.inFlight -= items.length
    if (thrown instanceof StepFailed) throw thrown
    const [only] = items
    if (items.length > 1) {
      this.#single.push(...items)
      return
    }
    const failure = rowFailure(this.#node.name, thrown)
    if (failure.fatal === true) throw stepFailure(failure)
    this.#counts.failed(only!.position, failure)
    this.#moves.send(this.#node, { ...only!, row: this.#call.nulled(only!.row), failure })
    this.#moves.leave(only!)
  }

  #send(item: Item, row: Row, index: number | undefined, text?: string): void {
    const { credit, failure, path, position, tokens } = item
    const key = childKey(this.#keyedAnew ? this.#moves.keyOf(row) : item.key, index)
    this.#moves.send(this.#node, {
      row,
      failure,
      position,
      path: index === undefined ? path : [...path, index],
      tokens,
      key,
      credit,
      text
    })
  }
}
