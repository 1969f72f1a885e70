/** A step at work on single rows, many at once: each row is a fiber of its own that waits for its model. No row waits for another. */
import * as Exit from "effect/Exit"
import type { RowWorker } from "../step/Worker.ts"
import { failureIn, rowFailure, stepFailure } from "./failures.ts"
import type { Item } from "./Item.ts"
import type { Machine, NodeRun } from "./Machine.ts"
import type { PlanNode } from "./plan.ts"
import { StepCall } from "./StepCall.ts"
import { countFailure, type StepTally } from "./Tally.ts"

export class RowRun implements NodeRun {
  readonly #machine: Machine
  readonly #node: PlanNode
  readonly #worker: RowWorker
  readonly #call: StepCall
  readonly #tally: StepTally

  constructor(machine: Machine, node: PlanNode, worker: RowWorker) {
    this.#machine = machine
    this.#node = node
    this.#worker = worker
    this.#call = new StepCall(node.step!)
    this.#tally = machine.tallies.get(node.name)!
  }

  receive(item: Item): void {
    if (item.failure !== undefined) {
      this.#machine.send(this.#node, { ...item, row: this.#call.nulled(item.row) })
      this.#machine.leave(item)
      return
    }
    this.#tally.received++
    this.#tally.inFlight++
    let prepared
    try {
      prepared = this.#call.prepare([item.row])
    } catch (thrown) {
      this.#failed(item, thrown)
      return
    }
    const row = prepared.rows[0]!
    const aside = prepared.aside[0] ?? {}
    this.#machine.launch(this.#worker.process(row), (exit) => {
      if (Exit.isFailure(exit)) {
        this.#failed(item, failureIn(exit.cause))
        return
      }
      this.#tally.inFlight--
      exit.value.forEach((outcome, i) => {
        if (outcome.failure === undefined) this.#tally.done++
        else countFailure(this.#tally, outcome.failure.reason)
        const path = exit.value.length === 1 ? item.path : [...item.path, i]
        this.#machine.send(this.#node, { ...item, row: this.#call.finished(outcome.row, row, aside), failure: outcome.failure, path })
      })
      this.#machine.leave(item)
    })
  }

  #failed(item: Item, thrown: unknown): void {
    this.#tally.inFlight--
    const failure = rowFailure(this.#node.name, thrown)
    if (failure.fatal === true) throw stepFailure(failure)
    countFailure(this.#tally, failure.reason)
    this.#machine.send(this.#node, { ...item, row: this.#call.nulled(item.row), failure })
    this.#machine.leave(item)
  }
}
