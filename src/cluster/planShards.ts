/**
 * Planning a run in shards: its source is read once to see which rows there are, and what everybody
 * has to agree on is written into the folder of the run.
 */
import { readdirSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import * as Effect from "effect/Effect"
import { DataError } from "../data/rows/DataError.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { modelOf } from "../engine/keep/modelOf.ts"
import { costsOf } from "../engine/local/costs.ts"
import { prepared } from "../engine/local/prepared.ts"
import { openSource } from "../engine/local/sourceSums.ts"
import { planOf } from "../engine/plan/planning.ts"
import { blockOf } from "../engine/plan/positionwise.ts"
import { checkPrices, type PriceUnknown } from "../engine/record/PriceUnknown.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import type { Model } from "../models/chat/Model.ts"
import type { Graph } from "../pipeline/Graph.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import type { InvalidPipeline } from "../pipeline/problems.ts"
import type { StepFailed, StepsFailed } from "../step/StepFailed.ts"
import { NotShardable, WrongRunFolder } from "./problems.ts"
import { hasPlan, type Program, readPlan, type RunPlan, writePlan } from "./RunPlan.ts"
import { secretIn } from "./secretParameters.ts"
import { hindranceOf, rangesOf } from "./shardable.ts"

/** What is to be planned. */
export interface ToPlan {
  /** The folder of the run, on a disk that all workers see. */
  readonly folder: string
  /** At most so many shards, which may depend on how many rows there are. */
  readonly shards: number | ((rows: number) => number)
  readonly program: Program
  /** Rows in place of the source's own. */
  readonly dataset?: unknown
  /** Of distilabel-ts. */
  readonly version: string
  readonly maxErrorRate?: number | undefined
  /** A budget, which needs the prices of all models. */
  readonly maxCost?: number | undefined
  readonly prices?: GivenPrices | undefined
}

/** A plan, and whether it was in the folder already. */
export interface Planned {
  readonly plan: RunPlan
  readonly wasThere: boolean
  /** What is not seen of the pipeline's code, in sentences. */
  readonly notices: ReadonlyArray<string>
  /** The smallest `maxConcurrency` that was set for a model; undefined if there is none. */
  readonly concurrency: number | undefined
}

export type PlanError =
  | NotShardable
  | WrongRunFolder
  | InvalidPipeline
  | StepFailed
  | StepsFailed
  | DataError
  | PriceUnknown

/**
 * Plans a run in shards and writes the plan into its folder; the same plan a second time changes
 * nothing.
 */
export const planShards = Effect.fnUntraced(function* (
  pipeline: AnyPipeline,
  { dataset, folder, maxCost, maxErrorRate, prices, program, shards, version }: ToPlan
): Effect.fn.Return<Planned, PlanError> {
  const refused = (
    detail: string,
    fix = "Run it in one process, without --shards."
  ): NotShardable => new NotShardable({ pipeline: pipeline.name, detail, fix })
  const secret = secretIn(program.parameters)
  if (secret !== undefined)
    return yield* refused(
      `parameter '${secret}' is a secret, and parameters are written into the folder of the run`,
      "Set it in the environment of the workers instead."
    )
  const { parameters } = program
  const run = yield* prepared(
    pipeline,
    { parameters, ...(dataset === undefined ? {} : { dataset }) },
    undefined
  )
  const { graph, identity } = run
  if (maxCost !== undefined) yield* checkPrices(pipeline.name, graph, costsOf(graph, prices))
  const hindrance = hindranceOf(graph)
  if (hindrance !== undefined) return yield* refused(hindrance)
  const { hashes, name, ranges, rows } = yield* Effect.scoped(
    Effect.gen(function* () {
      const source = yield* openSource(identity.graph, run.cacheDir)
      if (source.once) return yield* refused(`the rows of '${source.name}' can be read only once`)
      const rows = yield* source.count
      const most = typeof shards === "number" ? shards : shards(rows)
      const ranges = rangesOf(graph, rows, most)
      const block = blockOf(planOf(graph))!
      const hashes = yield* source.hashes(ranges, block)
      // What a worker will do: begin in the middle.
      const last = yield* source.hashes(ranges.slice(-1), block)
      if (last[0] !== hashes.at(-1))
        return yield* refused(
          `source '${source.name}' gives other rows when it begins at row ${ranges.at(-1)!.from} than when it comes there from the beginning`,
          "A shard begins in the middle: have it begin at the offset that it is given, and give the same rows each time."
        )
      return { name: source.name, rows, ranges, hashes }
    })
  )
  const plan: RunPlan = {
    format: 1,
    pipeline: pipeline.name,
    version,
    node: nodeMajor,
    signature: identity.signature,
    program,
    ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
    source: name,
    rows,
    leaves: graph.leaves,
    shards: ranges.map((range, i) => ({ ...range, hash: hashes[i]! }))
  }
  const wasThere = yield* placed(folder, plan)
  return { plan, wasThere, notices: identity.notices, concurrency: smallestConcurrency(graph) }
})

/** One that runs in the process of a slot is asked by no other. */
const isServed = ({ address }: Model): boolean => /^https?:/.test(address() ?? "")

const smallestConcurrency = (graph: Graph): number | undefined => {
  const models = (model: Model): ReadonlyArray<Model> => [
    model,
    ...Object.values(model.members ?? {})
      .flat()
      .flatMap(models)
  ]
  const set = [...graph.nodes.values()]
    .flatMap(({ step }) => modelOf(step) ?? [])
    .flatMap(models)
    .filter(isServed)
    .flatMap(({ options: { maxConcurrency } }) =>
      typeof maxConcurrency === "number" ? [maxConcurrency] : []
    )
  return set.length === 0 ? undefined : Math.max(1, Math.floor(Math.min(...set)))
}

/** The first number of the version of Node that runs this. */
export const nodeMajor = Number.parseInt(process.versions.node)

/** Puts the plan into its folder; whether it was there already. */
const placed = Effect.fnUntraced(function* (
  folder: string,
  plan: RunPlan
): Effect.fn.Return<boolean, WrongRunFolder | DataError> {
  if (hasPlan(folder)) {
    const there = yield* readPlan(folder)
    const other = (Object.keys(plan) as ReadonlyArray<keyof RunPlan>).find(
      (part) => !isDeepStrictEqual(there[part], plan[part])
    )
    if (other === undefined) return true
    return yield* new WrongRunFolder({
      folder,
      detail: `holds another run: its ${partNames[other] ?? other} is not the same. Give another folder, or work on the shards of the run that is there.`
    })
  }
  const found = yield* Effect.try({
    try: () => {
      makeFolder(folder)
      return readdirSync(folder)
    },
    catch: (thrown) => DataError.of("write", folder, thrown)
  })
  if (found.length > 0)
    return yield* new WrongRunFolder({
      folder,
      detail: `is not empty: there is '${found[0]!}' in it. Give a new folder.`
    })
  yield* writePlan(folder, plan)
  return false
})

const partNames: Partial<Record<keyof RunPlan, string>> = {
  version: "version of distilabel-ts",
  node: "version of Node",
  signature: "pipeline, or one of its parameters,",
  shards: "number of shards, or the rows in them,"
}
