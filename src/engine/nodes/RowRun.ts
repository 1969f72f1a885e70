/**
 * A step at work on single rows, many at once: each row is a fiber of its own that waits for its
 * model. No row waits for another, but those that could only wait for their turn are not begun yet.
 */
import * as Exit from "effect/Exit"
import type { AnsweredLate } from "../../step/Attempts.ts"
import { RowThrew, type RowWorker } from "../../step/Worker.ts"
import { contentKey } from "../keep/keys.ts"
import type { Item } from "../plan/Item.ts"
import type { PlanNode } from "../plan/linked.ts"
import { failureIn, rowFailure, stepFailure } from "../watch/failures.ts"
import type { StepCounts } from "../watch/StepCounts.ts"
import type { StepTally } from "../watch/Tally.ts"
import type { Moves } from "./Moves.ts"
import type { Launched, NodeRun } from "./NodeRun.ts"
import { StepCall } from "./StepCall.ts"

/** So many rows are begun before others have their turn. */
const rowsAtOnce = 50
/** So many rows that were begun stay listed at most. */
const mostBegun = 1000

export class RowRun implements NodeRun {
  readonly #moves: Moves
  readonly #node: PlanNode
  readonly #worker: RowWorker
  readonly #call: StepCall
  readonly #tally: StepTally
  readonly #counts: StepCounts
  /** Rows that are not begun yet, from the next one on. */
  #waiting: Array<Item> = []
  #next = 0
  /** How many of those at work have asked nothing yet. */
  #unasked = 0

  constructor(moves: Moves, node: PlanNode, worker: RowWorker) {
    this.#moves = moves
    this.#node = node
    this.#worker = worker
    this.#call = new StepCall(node.step!, moves.warn)
    this.#tally = moves.tallies.get(node.name)!
    this.#counts = moves.countsOf(node.name)
  }

  receive(item: Item): void {
    if (item.failure !== undefined) {
      this.#moves.send(this.#node, { ...item, row: this.#call.nulled(item.row) })
      this.#moves.leave(item)
      return
    }
    // A run that is to stop asks nothing more: the row is taken up by the next one.
    if (this.#moves.stopping) return
    this.#counts.received(item.position)
    this.#tally.inFlight++
    if (this.#hasPlace && this.#waiting.length === 0) this.#begin(item)
    else this.#waiting.push(item)
  }

  work(): boolean {
    if (this.#waiting.length === 0 || !this.#hasPlace) return false
    for (let i = 0; i < rowsAtOnce && this.#next < this.#waiting.length && this.#hasPlace; i++)
      this.#begin(this.#waiting[this.#next++]!)
    if (this.#next === this.#waiting.length) {
      this.#waiting = []
      this.#next = 0
    } else if (this.#next >= mostBegun) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    return true
  }

  get #hasPlace(): boolean {
    return this.#unasked < (this.#worker.ahead?.() ?? Infinity)
  }

  #begin(item: Item): void {
    let prepared
    try {
      prepared = this.#call.prepare([item.row])
    } catch (thrown) {
      this.#failed(item, thrown)
      return
    }
    const row = prepared.rows[0]!
    const aside = prepared.aside[0] ?? {}
    let launched: Launched | undefined
    let requests = 0
    let rests = false
    let isUnasked = true
    this.#unasked++
    const asked = (): void => {
      if (!isUnasked) return
      isUnasked = false
      this.#unasked--
      if (this.#waiting.length > 0) this.#moves.wake()
    }
    const onRequests = (underWay: number): void => {
      asked()
      requests = underWay
      launched?.mayAbandon(underWay === 0)
    }
    const onResting = (isResting: boolean): void => {
      asked()
      this.#moves.park(item, isResting)
      rests = isResting
      launched?.rests(isResting)
    }
    const atWork = {
      place: [item.position, ...item.path].join("."),
      content: item.key ?? contentKey(item.row) ?? "",
      onRequests,
      onResting,
      onLate: (late: AnsweredLate) => this.#moves.onLate(this.#node.name, late),
      retriesFailed: this.#moves.keeping.retriesFailed
    }
    launched = this.#moves.launch(
      this.#worker.process(row, atWork),
      (exit) => {
        asked()
        if (Exit.isFailure(exit)) {
          this.#failed(item, failureIn(exit.cause))
          return
        }
        const wrong = this.#call.wrongCount(exit.value.length, 1)
        if (wrong !== undefined) {
          this.#failed(item, wrong)
          return
        }
        this.#tally.inFlight--
        exit.value.forEach((outcome, i) => {
          const { failure: unfit, row: decoded } =
            outcome.failure === undefined
              ? this.#call.decoded(outcome.row)
              : { failure: undefined, row: outcome.row }
          const failure = outcome.failure ?? unfit
          if (failure === undefined) this.#counts.done(item.position)
          else this.#counts.failed(item.position, failure)
          const path = exit.value.length === 1 ? item.path : [...item.path, i]
          const own =
            unfit === undefined
              ? this.#call.finished(decoded, row, aside)
              : this.#call.nulled(item.row)
          this.#moves.send(this.#node, {
            ...item,
            row: own,
            failure,
            path,
            key: this.#moves.keyOf(own)
          })
        })
        this.#moves.leave(item)
      },
      { abandonable: true }
    )
    // It may have asked before it could say so.
    if (requests > 0) launched.mayAbandon(false)
    if (rests) launched.rests(true)
  }

  #failed(item: Item, error: unknown): void {
    this.#tally.inFlight--
    const { columns, thrown } =
      error instanceof RowThrew ? error : { columns: undefined, thrown: error }
    const failure = rowFailure(this.#node.name, thrown)
    if (failure.fatal === true) throw stepFailure(failure)
    this.#counts.failed(item.position, failure)
    const row = { ...this.#call.nulled(item.row), ...columns }
    this.#moves.send(this.#node, { ...item, row, failure })
    this.#moves.leave(item)
  }
}
