/** Estimates: what a run will ask, use, cost and take, from a trial on a few of its rows. */
import { rmSync } from "node:fs"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { cacheDirectory } from "../../data/rows/cacheDirectory.ts"
import { isAddress } from "../../data/stores/storeAddress.ts"
import { batchPriceShare } from "../../models/asking/BatchApi.ts"
import { monotonicMs } from "../../models/asking/monotonic.ts"
import type { LLM } from "../../models/chat/LLM.ts"
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"
import type { Delivery } from "../../models/chat/Model.ts"
import { type GivenParameters, withParameters } from "../../pipeline/parameters.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import type { StepData } from "../../step/Step.ts"
import { modelOf } from "../keep/modelOf.ts"
import { costsOf } from "../local/costs.ts"
import { execute, type RunServices } from "../local/execute.ts"
import { newerPrices } from "../local/newerPrices.ts"
import type { RunError } from "../local/runErrors.ts"
import type { AnyRunOptions } from "../local/RunSettings.ts"
import { type Counted, sampledGraph } from "./sampled.ts"
import { type Estimated, Sums } from "./Sums.ts"
import { Times } from "./Times.ts"

/** What a step will ask of its model. */
export interface StepEstimate {
  readonly step: string
  readonly model: string
  readonly calls: Estimated
  readonly inputTokens: Estimated
  readonly outputTokens: Estimated
  /** Of these: tokens that are not those of text, such as `imageIn`; absent where there are none. */
  readonly mediaTokens?: Readonly<Record<string, Estimated>>
  /** US dollars, as its answers are delivered; undefined if the price is not known. */
  readonly cost: Estimated | undefined
  readonly delivery: Delivery
  /** Whether its provider answers many requests as one job, for less. */
  readonly takesBatches: boolean
  /** What its provider's flex tier takes of the usual price, where it has one that costs less. */
  readonly flexShare?: number
}

/** What a run will ask, use, cost and take. */
export interface Estimate {
  readonly pipeline: string
  /** Source rows. */
  readonly rows: number
  /** Whether those are all, or as many as were counted. */
  readonly allRows: boolean
  /** Source rows that were tried. */
  readonly sampled: number
  readonly steps: ReadonlyArray<StepEstimate>
  readonly calls: Estimated
  readonly inputTokens: Estimated
  readonly outputTokens: Estimated
  /** US dollars, for the answers whose price is known. */
  readonly cost: Estimated
  /**
   * The same if everything were asked at once, if all that can were delivered by batch jobs, and if
   * all that can were asked of the flex tier.
   */
  readonly costBy: {
    readonly online: Estimated
    readonly batch: Estimated
    readonly flex: Estimated
  }
  /** Models whose price is not known. */
  readonly unpriced: ReadonlyArray<string>
  /** Seconds, as far as models take them. */
  readonly seconds: Estimated
  /** What the trial itself cost, in US dollars; its answers are kept and not paid for again. */
  readonly spent: number
}

/** Tries a pipeline on some of its rows. */
export const estimated = Effect.fnUntraced(function* (
  pipeline: AnyPipeline,
  options: AnyRunOptions & { readonly sample?: number } = {}
): Effect.fn.Return<Estimate, RunError, RunServices> {
  const { graph } = withParameters(pipeline.graph, (options.parameters ?? {}) as GivenParameters)
  const costs = costsOf(graph, options.prices, yield* newerPrices(cacheDirectory(options.cacheDir)))
  const counts = new Map<string, Counted>()
  const asked = new Map<string, Asked>()
  for (const { name, step } of graph.nodes.values()) {
    const llm = modelOf(step)
    if (llm !== undefined) asked.set(name, new Asked(llm, deliveryOf(step)))
  }
  const all = new Asked(undefined, "online")
  const delivered = new Sums()
  const batched = new Sums()
  const flexible = new Sums()
  let spent = 0
  const clock = yield* Clock.Clock
  const onEvent = (event: LLMEvent): void => {
    const at = monotonicMs(clock)
    const cost = costs.get(event.step ?? "")?.({ inputTokens: 0, outputTokens: 0, ...event })
    const by = asked.get(event.step ?? "")
    by?.add(event, cost, at)
    all.add(event, cost, at)
    if (cost !== undefined && isAnswer(event)) {
      delivered.add(sourceOf(event), cost * shareOf(by?.delivery === "batch"))
      batched.add(sourceOf(event), cost * shareOf(by?.llm?.takesBatches === true))
      // An answer of the sample may have been one of that tier.
      flexible.add(
        sourceOf(event),
        cost * (event.priceShare === undefined ? (by?.llm?.flexShare ?? 1) : 1)
      )
    }
    if (event.kind === "success") spent += cost ?? 0
  }
  const { maxRows = Infinity, outputDir, sample = 50, ...settings } = options
  // What is only tried goes to no store.
  const kept = outputDir === undefined || isAddress(outputDir) ? {} : { outputDir }
  const graphOf = (given: typeof graph) => sampledGraph(given, sample, maxRows, counts)
  const { directory } = yield* execute(
    pipeline,
    { ...settings, ...kept },
    {
      rows: Infinity,
      graphOf,
      onEvent,
      options
    }
  )
  if (!("outputDir" in kept)) rmSync(directory, { recursive: true, force: true })
  const longest = Math.max(0, ...[...counts.values()].map(({ rows }) => rows))
  const sampled = Math.min(sample, longest)
  const over = (sums: Sums): Estimated => sums.over(longest, sampled)
  const steps = [...asked].map(([step, each]): StepEstimate => ({
    step,
    model: each.llm?.model ?? "",
    calls: over(each.calls),
    inputTokens: over(each.input),
    outputTokens: over(each.output),
    ...(each.media.size === 0
      ? {}
      : {
          mediaTokens: Object.fromEntries(
            [...each.media].map(([name, tokens]) => [name, over(tokens)])
          )
        }),
    cost: each.unpriced ? undefined : shared(over(each.cost), shareOf(each.delivery === "batch")),
    delivery: each.delivery,
    takesBatches: each.llm?.takesBatches === true,
    ...(each.llm?.flexShare === undefined ? {} : { flexShare: each.llm.flexShare })
  }))
  return {
    pipeline: pipeline.name,
    rows: longest,
    allRows: [...counts.values()].every((counted) => counted.all),
    sampled,
    steps,
    calls: over(all.calls),
    inputTokens: over(all.input),
    outputTokens: over(all.output),
    cost: over(delivered),
    costBy: { online: over(all.cost), batch: over(batched), flex: over(flexible) },
    unpriced: [
      ...new Set(
        [...asked.values()].filter(({ unpriced }) => unpriced).map(({ llm }) => llm?.model ?? "")
      )
    ],
    seconds: secondsOf([...asked.values()], over),
    spent
  }
})

const deliveryOf = ({ options, values }: StepData): Delivery =>
  (values["delivery"] ?? options["delivery"]) === "batch" ? "batch" : "online"

const shareOf = (isBatch: boolean): number => (isBatch ? batchPriceShare : 1)

const shared = ({ expected, high, low }: Estimated, share: number): Estimated => ({
  expected: expected * share,
  low: low * share,
  high: high * share
})

const isAnswer = ({ kind }: LLMEvent): boolean => kind === "success" || kind === "recalled"

/** The source row: rows that came of one row stand or fall together. */
const sourceOf = ({ row = "" }: LLMEvent): string => row.split(/[./]/)[0]!

/** What was asked of a model, row by row. */
class Asked {
  readonly llm: LLM | undefined
  readonly delivery: Delivery
  readonly calls = new Sums()
  readonly input = new Sums()
  readonly output = new Sums()
  readonly media = new Map<string, Sums>()
  readonly cost = new Sums()
  readonly times = new Times()
  unpriced = false

  constructor(llm: LLM | undefined, delivery: Delivery) {
    this.llm = llm
    this.delivery = delivery
  }

  add(
    event: LLMEvent,
    cost: number | undefined,
    /** When it happened, in milliseconds. */
    at: number
  ): void {
    const { durationMs, inputTokens = 0, kind, media = {}, outputTokens = 0 } = event
    const source = sourceOf(event)
    if (kind === "request" || kind === "recalled") this.calls.add(source, 1)
    if (!isAnswer(event)) return
    this.input.add(source, inputTokens)
    this.output.add(source, outputTokens)
    for (const [name, tokens] of Object.entries(media)) {
      const sums = this.media.get(name) ?? new Sums()
      this.media.set(name, sums)
      sums.add(source, tokens)
    }
    if (cost === undefined) this.unpriced = true
    else this.cost.add(source, cost)
    if (durationMs !== undefined) this.times.add(durationMs / 1000, at / 1000)
  }
}

/** The time of the slowest model at its limits, and of one row's way through all of them. */
const secondsOf = (asked: ReadonlyArray<Asked>, over: (sums: Sums) => Estimated): Estimated => {
  const models = Map.groupBy(asked, ({ llm }) => `${llm?.type} ${llm?.address()} ${llm?.model}`)
  const way = asked.reduce((sum, { times }) => sum + times.mean.expected, 0)
  const slowest = (bound: keyof Estimated): number =>
    Math.max(0, ...[...models.values()].map((steps) => atLimits(steps, bound, over))) + way
  return { expected: slowest("expected"), low: slowest("low"), high: slowest("high") }
}

/** How long steps that share a model take, at the tightest of its limits. */
const atLimits = (
  steps: ReadonlyArray<Asked>,
  bound: keyof Estimated,
  over: (sums: Sums) => Estimated
): number => {
  const total = (of: (asked: Asked) => number): number =>
    steps.reduce((sum, each) => sum + of(each), 0)
  const least = (of: (llm: LLM) => unknown): number =>
    Math.min(
      ...steps.map(({ llm }) => (llm === undefined ? Infinity : Number(of(llm) ?? Infinity)))
    )
  const perMinute = (name: string): number => least(({ options }) => options[name]) / 60
  // A step whose answers were all kept tells no time: another one that asks the same model stands for it.
  const known = steps.find(({ times }) => times.known)?.times
  const busy =
    known === undefined
      ? 0
      : total(({ calls, times }) => over(calls)[bound] * (times.known ? times : known).mean[bound])
  const calls = total((each) => over(each.calls)[bound])
  const tokens = total(({ input, output }) => over(input)[bound] + over(output)[bound])
  return Math.max(
    busy / least((llm) => llm.maxConcurrency),
    calls / perMinute("requestsPerMinute"),
    tokens / perMinute("tokensPerMinute")
  )
}
