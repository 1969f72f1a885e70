/** Steps that take rows in order: a global step takes all of them at once, a step that declares many-to-one takes them batch by batch. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { detailOf, StepFailed } from "../step/StepFailed.ts"
import type { BatchWorker } from "../step/Worker.ts"
import { failureIn } from "./failures.ts"
import { InOrderRun } from "./InOrderRun.ts"
import { atSource, type Item, type Token } from "./Item.ts"
import { markOf } from "./lineage.ts"
import type { Machine } from "./Machine.ts"
import type { PlanNode } from "./plan.ts"
import { rowsOf } from "./produced.ts"
import { type Prepared, StepCall } from "./StepCall.ts"
import type { StepTally } from "./Tally.ts"
import type { Row } from "../columns/Row.ts"

export class CollectRun extends InOrderRun {
  readonly #worker: BatchWorker
  readonly #call: StepCall
  readonly #tally: StepTally
  readonly #size: number
  #rows: Array<Item> = []
  #ended = false
  #busy = false
  #given = 0

  constructor(machine: Machine, node: PlanNode, worker: BatchWorker) {
    super(machine, node)
    this.#worker = worker
    this.#call = new StepCall(node.step!)
    this.#tally = machine.tallies.get(node.name)!
    this.#size = node.kind === "global" ? Infinity : node.batchSize
  }

  protected override rows(items: ReadonlyArray<Item>): void {
    this.#tally.received += items.length
    this.#rows.push(...items)
  }

  protected override ended(): void {
    this.#ended = true
  }

  override get waitsFor(): number | undefined {
    // A global step waits for all rows: sources must not wait for it.
    return this.node.kind === "global" ? undefined : super.waitsFor
  }

  work(): boolean {
    if (this.#busy) return false
    if (this.#rows.length >= this.#size) {
      this.#process(this.#rows.splice(0, this.#size))
      return true
    }
    if (!this.#ended) return false
    if (this.#rows.length > 0) {
      this.#process(this.#rows.splice(0))
      return true
    }
    this.#ended = false
    this.machine.numbered(this.node, this.#given)
    return true
  }

  #process(items: ReadonlyArray<Item>): void {
    const good = items.filter(({ failure }) => failure === undefined)
    this.#tally.inFlight = good.length
    try {
      const prepared = this.#call.prepare(good.map(({ row }) => row))
      const out = good.length === 0 ? [] : rowsOf(this.#worker.process(prepared.rows))
      if (!Effect.isEffect(out)) {
        this.#done(items, good, prepared, out)
        return
      }
      this.#busy = true
      this.machine.launch(out, (exit) => {
        this.#busy = false
        if (Exit.isFailure(exit)) throw this.#failed(failureIn(exit.cause))
        this.#done(items, good, prepared, exit.value)
      })
    } catch (thrown) {
      throw this.#failed(thrown)
    }
  }

  #done(items: ReadonlyArray<Item>, good: ReadonlyArray<Item>, prepared: Prepared, out: ReadonlyArray<Row>): void {
    for (const row of out) {
      const of = markOf(row)
      const from = of === undefined ? undefined : prepared.rows[of]
      const own = from === undefined ? row : this.#call.finished(row, from, prepared.aside[of!] ?? {})
      this.#send(own, undefined, of === undefined ? undefined : good[of])
      this.#tally.done++
    }
    for (const item of items) if (item.failure !== undefined) this.#send(this.#call.nulled(item.row), item.failure, item)
    this.#tally.inFlight = 0
    for (const item of items) for (const token of item.tokens) this.machine.release(token)
  }

  #send(row: Row, failure: Item["failure"], from: Item | undefined): void {
    if (from === undefined && this.#waitedFor) {
      throw new StepFailed({
        step: this.node.name,
        phase: "process",
        reason: "NoLineage",
        detail: "it gave a row that comes from no row it got, but a later join must know: spread the row it comes from, as in { ...row, rank }"
      })
    }
    this.machine.send(this.node, { row, failure, position: this.#given++, path: atSource, tokens: from?.tokens ?? noTokens, credit: undefined })
  }

  /** Whether something after this step waits for all that comes of rows before it. */
  get #waitedFor(): boolean {
    return this.node.outs.some(({ regions }) => [...regions].some((region) => region.from !== this.node))
  }

  #failed(thrown: unknown): StepFailed {
    return thrown instanceof StepFailed ? thrown
      : new StepFailed({ step: this.node.name, phase: "process", reason: "ProcessFailed", detail: detailOf(thrown) })
  }
}

const noTokens: ReadonlyArray<Token> = []
