/**
 * The watch over a run: it counts what steps do and what it costs, and stops the run at a budget or
 * when too many rows fail.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Spent } from "../../journal/LoggedResponse.ts"
import type { Usage } from "../../models/asking/Answers.ts"
import { monotonicMs } from "../../models/asking/monotonic.ts"
import type { CostOf, GivenPrices, Priced } from "../../models/asking/prices.ts"
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"
import { addedMedia } from "../../models/chat/MediaTokens.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import { dollars } from "../../words/figures.ts"
import { amount } from "../../words/terminal.ts"
import { modelOf } from "../keep/modelOf.ts"
import type { SharedBudget } from "../record/SharedBudget.ts"
import { regularly } from "../watch/regularly.ts"
import { RunStopped, type StopReason } from "../watch/RunStopped.ts"
import {
  emptyTally,
  type Gauge,
  rowsThrough,
  type RunSummary,
  type StepTally
} from "../watch/Tally.ts"
import { type RunControl, runControl } from "./RunControl.ts"

/** When a run is to stop. */
export interface Budgets {
  readonly maxCost?: number | undefined
  readonly maxTokens?: number | undefined
  readonly maxErrorRate?: number | undefined
  /** Seconds. */
  readonly stopTimeout?: number | undefined
  readonly prices?: GivenPrices | undefined
  /** The one that it shares with other runs. */
  readonly shared?: SharedBudget | undefined
}

/** Fewer rows say nothing of the share that fails. */
const leastRows = 100

const everyMs = 100

export class RunWatch {
  readonly tallies: ReadonlyMap<string, StepTally>
  readonly gauge: Gauge = { active: 0, resting: 0 }
  readonly control: RunControl
  readonly #pipeline: string
  readonly #budgets: Budgets
  readonly #costs: ReadonlyMap<string, CostOf>
  readonly #started: number
  readonly #clock: Clock.Clock
  readonly #damaged: () => number
  /** Requests that were left when the run was to stop. */
  #left = 0

  constructor(
    pipeline: string,
    graph: Graph,
    costs: ReadonlyMap<string, CostOf>,
    damaged: () => number,
    budgets: Budgets,
    control: RunControl,
    clock: Clock.Clock
  ) {
    this.#clock = clock
    this.#started = monotonicMs(clock)
    this.#pipeline = pipeline
    this.#budgets = budgets
    this.#costs = costs
    this.#damaged = damaged
    this.control = control
    this.tallies = new Map(
      [...graph.nodes.values()].map(({ name, step }) => [
        name,
        emptyTally(name, step.type, modelOf(step)?.model)
      ])
    )
  }

  /** The run begins: what it has cost so far counts. */
  begin(spent: ReadonlyArray<Spent>): void {
    for (const { cost, input, output, step, unpriced } of spent) {
      const tally = this.tallies.get(step)
      if (tally === undefined) continue
      tally.inputTokens += input
      tally.outputTokens += output
      tally.cost += cost
      tally.unpriced += unpriced
    }
    this.#checkBudgets()
  }

  /** Milliseconds since the run began. */
  readonly elapsedMs = (): number => monotonicMs(this.#clock) - this.#started

  readonly summary = (): Omit<RunSummary, "notices"> => ({
    pipeline: this.#pipeline,
    seconds: this.elapsedMs() / 1000,
    atWork: this.gauge.active + this.gauge.resting,
    stopping: this.control.reason,
    damaged: this.#damaged(),
    steps: [...this.tallies.values()]
  })

  /** Counts requests that were left. */
  readonly onEvent = ({ kind }: LLMEvent): void => {
    if (kind === "interrupted" && this.control.reason !== undefined) this.#left++
  }

  /** Counts what a request used. */
  readonly onSpent = (step: string, usage: Usage): void => {
    const { cachedTokens = 0, estimated, inputTokens, media, outputTokens } = usage
    const tally = this.tallies.get(step)
    if (tally === undefined) return
    tally.inputTokens += inputTokens
    tally.outputTokens += outputTokens
    tally.media = addedMedia(tally.media, media)
    if (estimated) tally.estimated++
    else {
      tally.countedInput += inputTokens
      tally.cachedInput += cachedTokens
    }
    const cost = this.costOf(step, usage)
    if (cost === undefined) tally.unpriced++
    else {
      tally.cost += cost
      this.#budgets.shared?.spend(cost)
    }
    this.#checkBudgets()
  }

  /** What an answer to a step costs, in US dollars; undefined if its price is not known. */
  costOf(step: string, used: Priced): number | undefined {
    return this.#costs.get(step)?.(used)
  }

  /** How many US dollars may still be spent. */
  get room(): number {
    const { maxCost = Infinity, shared } = this.#budgets
    return Math.min(maxCost - this.#cost, shared?.room ?? Infinity)
  }

  /** The error of a run that was stopped. */
  stopped(directory: string): RunStopped {
    const { through, total } = rowsThrough(this.summary())
    // Nothing else stops a run without saying why.
    const { reason = "maxRows" } = this.control
    const detail = this.#spentOf(reason) ?? this.control.detail
    return new RunStopped({
      pipeline: this.#pipeline,
      reason,
      ...(detail === undefined ? {} : { detail }),
      directory,
      rows: through,
      ...(total === undefined ? {} : { total }),
      left: this.#left
    })
  }

  #checkBudgets(): void {
    const { maxCost = Infinity, maxTokens = Infinity } = this.#budgets
    if (this.#cost >= maxCost) this.control.stop("maxCost")
    if (this.#budgets.shared?.isUsedUp === true) this.control.stop("budget")
    if (this.#tokens >= maxTokens) this.control.stop("maxTokens")
  }

  /**
   * What was spent of a budget in the end, with the answers that were under way when it was
   * reached.
   */
  #spentOf(reason: StopReason): string | undefined {
    const { maxCost, maxTokens, shared } = this.#budgets
    if (reason === "budget" && shared !== undefined)
      return `'${shared.options.name}': ${dollars(shared.taken)} of ${dollars(shared.options.maxCost)}`
    if (reason === "maxCost" && maxCost !== undefined)
      return `${dollars(this.#cost)} of ${dollars(maxCost)}`
    return reason === "maxTokens" && maxTokens !== undefined
      ? `${amount(this.#tokens)} of ${amount(maxTokens)}`
      : undefined
  }

  get #cost(): number {
    return this.#sum(({ cost }) => cost)
  }

  get #tokens(): number {
    return this.#sum(({ inputTokens, outputTokens }) => inputTokens + outputTokens)
  }

  /** Stops the run if too many rows fail. */
  checkErrors(): void {
    const { maxErrorRate = 0.5 } = this.#budgets
    for (const { done, failed, name, reasons } of this.tallies.values()) {
      if (done + failed < leastRows || failed <= (done + failed) * maxErrorRate) continue
      const [most] = [...reasons].toSorted((a, b) => b[1] - a[1])
      this.control.stop(
        "maxErrorRate",
        `at '${name}' ${failed} of ${done + failed} rows failed, most with ${most?.[0] ?? "an error"}`
      )
    }
  }

  #sum(of: (tally: StepTally) => number): number {
    let sum = 0
    for (const tally of this.tallies.values()) sum += of(tally)
    return sum
  }
}

/** The watch over a run, as long as the scope lives. */
export const watchRun = Effect.fnUntraced(function* (
  pipeline: string,
  graph: Graph,
  costs: ReadonlyMap<string, CostOf>,
  damaged: () => number,
  budgets: Budgets
): Effect.fn.Return<RunWatch, never, Scope.Scope> {
  const control = yield* runControl((budgets.stopTimeout ?? 30) * 1000)
  const clock = yield* Clock.Clock
  const watch = new RunWatch(pipeline, graph, costs, damaged, budgets, control, clock)
  yield* regularly(everyMs, () => watch.checkErrors())
  return watch
})
