/**
 * Steps that take rows in order: a global step takes all of them at once, a step that declares
 * many-to-one takes them batch by batch.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Row } from "../../columns/Row.ts"
import { markOf } from "../../step/lineage.ts"
import { lazyRowsOf } from "../../step/produced.ts"
import { StepFailed } from "../../step/StepFailed.ts"
import type { BatchWorker } from "../../step/Worker.ts"
import type { KeptResult, KeptResults } from "../keep/KeptResults.ts"
import { childKey } from "../keep/keys.ts"
import { atSource, type Item, type Token } from "../plan/Item.ts"
import type { PlanNode } from "../plan/linked.ts"
import { asStepFailed, endsRun, failureIn } from "../watch/failures.ts"
import { countFailure, type StepTally } from "../watch/Tally.ts"
import { Collected } from "./Collected.ts"
import { InOrderRun } from "./InOrderRun.ts"
import type { Moves } from "./Moves.ts"
import { StepCall } from "./StepCall.ts"

/** So many rows of a result leave at a time. */
const rowsAtOnce = 50

export class CollectRun extends InOrderRun {
  readonly #worker: BatchWorker
  readonly #call: StepCall
  readonly #tally: StepTally
  readonly #size: number
  readonly #kept: KeptResults | undefined
  #collected: Collected
  /** Batches that are full. */
  readonly #full: Array<Collected> = []
  /** What is on its way out, with the rows it came of. */
  #leaving: { readonly collected: Collected; readonly results: Iterator<KeptResult> } | undefined
  #ended = false
  #busy = false
  #given = 0

  constructor(moves: Moves, node: PlanNode, worker: BatchWorker) {
    super(moves, node)
    this.#worker = worker
    this.#call = new StepCall(node.step!, moves.warn)
    this.#tally = moves.tallies.get(node.name)!
    this.#size = node.kind === "global" ? Infinity : node.batchSize
    this.#kept = moves.keeping.keptResults.get(node.name)
    this.#collected = new Collected(moves.spillPath(node.name))
  }

  protected override rows(items: ReadonlyArray<Item>): void {
    this.#tally.received += items.length
    for (const item of items) {
      this.#collected.push(item)
      if (this.#collected.count >= this.#size) this.#next()
    }
  }

  protected override ended(): void {
    this.#next()
    this.#ended = true
  }

  #next(): void {
    if (this.#collected.count > 0) this.#full.push(this.#collected)
    this.#collected = new Collected(this.moves.spillPath(this.node.name))
  }

  override get waitsFor(): number | undefined {
    // A global step waits for all rows: sources must not wait for it.
    return this.node.kind === "global" ? undefined : super.waitsFor
  }

  work(): boolean {
    if (this.#busy) return false
    if (this.#leaving !== undefined)
      return this.moves.hasPlace(this.node, this.#given) && this.#give(this.#leaving)
    const collected = this.#full.shift()
    if (collected !== undefined) {
      this.#process(collected)
      return true
    }
    if (!this.#ended) return false
    this.#ended = false
    this.moves.numbered(this.node, this.#given)
    return true
  }

  #process(collected: Collected): void {
    const kept = this.#kept?.find(collected.key)
    if (kept !== undefined) {
      this.#leaving = { collected, results: kept }
      return
    }
    this.#tally.inFlight = collected.good.length
    try {
      const rows = collected.prepared(this.#call, this.#worker.streams === true)
      const out = collected.good.length === 0 ? [] : lazyRowsOf(this.#worker.process(rows))
      if (!Effect.isEffect(out)) {
        this.#done(collected, out)
        return
      }
      this.#busy = true
      this.moves.launch(out, (exit) => {
        this.#busy = false
        if (Exit.isFailure(exit)) throw this.#failed(failureIn(exit.cause))
        this.#done(collected, exit.value)
      })
    } catch (thrown) {
      throw this.#failed(thrown)
    }
  }

  #done(collected: Collected, out: Iterable<Row>): void {
    this.#tally.inFlight = 0
    const results = this.#results(collected, out)
    this.#leaving = {
      collected,
      results: this.#kept === undefined ? results : this.#kept.keeping(collected.key, results)
    }
  }

  /** Rows under the flow's names, each with the index of the row that it came from. */
  *#results(collected: Collected, out: Iterable<Row>): Generator<KeptResult> {
    const rows = out[Symbol.iterator]()
    for (let next = this.#pulled(rows); next.done !== true; next = this.#pulled(rows)) {
      const of = markOf(next.value)
      const { failure, row } = this.#call.decoded(next.value)
      yield of === undefined
        ? [null, this.#call.finished(row, undefined, {}), failure]
        : [of, this.#call.finished(row, collected.from(of), collected.aside(of)), failure]
    }
  }

  #pulled(rows: Iterator<Row>): IteratorResult<Row> {
    try {
      return rows.next()
    } catch (thrown) {
      throw this.#failed(thrown)
    }
  }

  #give({
    collected,
    results
  }: {
    readonly collected: Collected
    readonly results: Iterator<KeptResult>
  }): boolean {
    for (let i = 0; i < rowsAtOnce; i++) {
      const next = results.next()
      if (next.done === true) {
        this.#leaving = undefined
        this.#finish(collected)
        return true
      }
      const [of, row, failure] = next.value
      if (failure === undefined) this.#tally.done++
      else countFailure(this.#tally, failure)
      this.#send(
        failure === undefined ? row : this.#call.nulled(row),
        failure,
        of === null ? undefined : collected.tokens(of),
        childKey(collected.key, this.#given)
      )
    }
    return true
  }

  #finish(collected: Collected): void {
    for (const { failure, row, tokens } of collected.errors)
      this.#send(this.#call.nulled(row), failure, tokens, undefined)
    for (const token of collected.release()) this.moves.release(token)
  }

  #send(
    row: Row,
    failure: Item["failure"],
    tokens: ReadonlyArray<Token> | undefined,
    key: string | undefined
  ): void {
    if (tokens === undefined && this.#waitedFor) {
      throw new StepFailed({
        step: this.node.name,
        phase: "process",
        reason: "NoLineage",
        detail:
          "it gave a row that comes from no row it got, but a later join must know: spread the row it comes from, as in { ...row, rank }"
      })
    }
    const credit = { active: 0 }
    this.moves.hold(credit)
    this.moves.send(this.node, {
      row,
      failure,
      position: this.#given++,
      path: atSource,
      tokens: tokens ?? noTokens,
      key,
      credit
    })
    this.moves.rest({ credit })
  }

  /** Whether something after this step waits for all that comes of rows before it. */
  get #waitedFor(): boolean {
    return this.node.outs.some(({ regions }) =>
      [...regions].some((region) => region.from !== this.node)
    )
  }

  #failed(thrown: unknown): unknown {
    return endsRun(thrown) ? thrown : asStepFailed(this.node.name, "process", thrown)
  }
}

const noTokens: ReadonlyArray<Token> = []
