/**
 * A step at work on single rows, many at once: each row is a fiber of its own that waits for its
 * model. No row waits for another, but those that could only wait for their turn are not begun yet.
 */
import * as Exit from "effect/Exit"
import type { Row } from "../../columns/Row.ts"
import type { AnsweredLate } from "../../step/Attempts.ts"
import { type Outcome, type RowAtWork, RowThrew, type RowWorker } from "../../step/Worker.ts"
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

/** A row at work, as its worker sees it: there may be thousands. */
class ItemAtWork implements RowAtWork {
  readonly place: string
  readonly content: string
  readonly retriesFailed: boolean
  readonly #moves: Moves
  readonly #node: string
  readonly #item: Item
  readonly #onAsked: () => void
  #launched: Launched | undefined
  #requests = 0
  #rests = false
  #isUnasked = true

  constructor(moves: Moves, node: string, item: Item, onAsked: () => void) {
    this.place = [item.position, ...item.path].join(".")
    this.content = item.key ?? contentKey(item.row) ?? ""
    this.retriesFailed = moves.keeping.retriesFailed
    this.#moves = moves
    this.#node = node
    this.#item = item
    this.#onAsked = onAsked
  }

  onRequests(underWay: number): void {
    this.hasAsked()
    this.#requests = underWay
    if (this.#launched !== undefined) this.#moves.mayAbandon(this.#launched, underWay === 0)
  }

  onResting(isResting: boolean): void {
    this.hasAsked()
    this.#moves.park(this.#item, isResting)
    this.#rests = isResting
    if (this.#launched !== undefined) this.#moves.restsNow(this.#launched, isResting)
  }

  onLate(late: AnsweredLate): void {
    this.#moves.onLate(this.#node, late)
  }

  /** It has asked something, or is done. */
  hasAsked(): void {
    if (!this.#isUnasked) return
    this.#isUnasked = false
    this.#onAsked()
  }

  /** Its work runs, and may have asked before it could say so. */
  isLaunched(launched: Launched): void {
    this.#launched = launched
    if (this.#requests > 0) this.#moves.mayAbandon(launched, false)
    if (this.#rests) this.#moves.restsNow(launched, true)
  }
}

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
    const atWork = new ItemAtWork(this.#moves, this.#node.name, item, this.#onAsked)
    this.#unasked++
    const launched = this.#moves.launch(
      this.#worker.process(row, atWork),
      (exit) => {
        atWork.hasAsked()
        if (Exit.isFailure(exit)) this.#failed(item, failureIn(exit.cause))
        else this.#done(item, row, aside, exit.value)
      },
      { abandonable: true }
    )
    atWork.isLaunched(launched)
  }

  readonly #onAsked = (): void => {
    this.#unasked--
    if (this.#waiting.length > 0) this.#moves.wake()
  }

  /** A row's work is done: what came of it goes on. */
  #done(item: Item, row: Row, aside: Row, outcomes: ReadonlyArray<Outcome>): void {
    const wrong = this.#call.wrongCount(outcomes.length, 1)
    if (wrong !== undefined) {
      this.#failed(item, wrong)
      return
    }
    this.#tally.inFlight--
    outcomes.forEach((outcome, i) => {
      const { failure: unfit, row: decoded } =
        outcome.failure === undefined
          ? this.#call.decoded(outcome.row)
          : { failure: undefined, row: outcome.row }
      const failure = outcome.failure ?? unfit
      if (failure === undefined) this.#counts.done(item.position)
      else this.#counts.failed(item.position, failure)
      const path = outcomes.length === 1 ? item.path : [...item.path, i]
      const own =
        unfit === undefined ? this.#call.finished(decoded, row, aside) : this.#call.nulled(item.row)
      this.#moves.send(this.#node, {
        ...item,
        row: own,
        failure,
        path,
        key: this.#moves.keyOf(own)
      })
    })
    this.#moves.leave(item)
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
