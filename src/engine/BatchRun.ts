/** A step at work on batches: calls its function with up to `inputBatchSize` rows. A call that fails is repeated row by row, so that a bad row takes no other along. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Row } from "../columns/Row.ts"
import type { BatchWorker } from "../step/Worker.ts"
import { failureIn, rowFailure, stepFailure } from "./failures.ts"
import type { Item } from "./Item.ts"
import type { Machine, NodeRun } from "./Machine.ts"
import type { PlanNode } from "./plan.ts"
import { rowsOf } from "./produced.ts"
import { type Result, StepCall } from "./StepCall.ts"
import { countFailure, type StepTally } from "./Tally.ts"

export class BatchRun implements NodeRun {
  readonly #machine: Machine
  readonly #node: PlanNode
  readonly #worker: BatchWorker
  readonly #call: StepCall
  readonly #tally: StepTally
  #queue: Array<Item> = []
  /** Rows of a call that failed, to be tried one by one. */
  #single: Array<Item> = []
  #busy = false

  constructor(machine: Machine, node: PlanNode, worker: BatchWorker) {
    this.#machine = machine
    this.#node = node
    this.#worker = worker
    this.#call = new StepCall(node.step!)
    this.#tally = machine.tallies.get(node.name)!
  }

  receive(item: Item): void {
    if (item.failure !== undefined) {
      this.#send(item, this.#call.nulled(item.row), undefined)
      this.#machine.leave(item)
      return
    }
    this.#tally.received++
    this.#queue.push(item)
  }

  work(): boolean {
    if (this.#busy) return false
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
    this.#tally.inFlight = items.length
    try {
      const prepared = this.#call.prepare(items.map(({ row }) => row))
      const out = rowsOf(this.#worker.process(prepared.rows))
      if (!Effect.isEffect(out)) {
        this.#done(items, this.#call.results(prepared, out))
        return
      }
      this.#busy = true
      this.#machine.launch(out, (exit) => {
        this.#busy = false
        if (Exit.isFailure(exit)) {
          this.#failed(items, failureIn(exit.cause))
          return
        }
        let results
        try {
          results = this.#call.results(prepared, exit.value)
        } catch (thrown) {
          this.#failed(items, thrown)
          return
        }
        this.#done(items, results)
      })
    } catch (thrown) {
      this.#failed(items, thrown)
    }
  }

  #done(items: ReadonlyArray<Item>, results: ReadonlyArray<Result>): void {
    const many = this.#node.step!.rowCount === "one-to-many"
    const children = many ? new Array<number>(items.length).fill(0) : []
    for (const { of, row } of results) {
      this.#tally.done++
      this.#send(items[of]!, row, many ? children[of]!++ : undefined)
    }
    this.#tally.inFlight = 0
    for (const item of items) this.#machine.leave(item)
  }

  #failed(items: ReadonlyArray<Item>, thrown: unknown): void {
    this.#tally.inFlight = 0
    const [only] = items
    if (items.length > 1) {
      this.#single.push(...items)
      return
    }
    const failure = rowFailure(this.#node.name, thrown)
    if (failure.fatal === true) throw stepFailure(failure)
    countFailure(this.#tally, failure.reason)
    this.#machine.send(this.#node, { ...only!, row: this.#call.nulled(only!.row), failure })
    this.#machine.leave(only!)
  }

  #send(item: Item, row: Row, index: number | undefined): void {
    const { credit, failure, path, position, tokens } = item
    this.#machine.send(this.#node, { row, failure, position, path: index === undefined ? path : [...path, index], tokens, credit })
  }
}
