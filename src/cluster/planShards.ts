/**
 * Planning a run in shards: its source is read once to see which rows there are, and what everybody
 * has to agree on is written into the folder of the run.
 */
import { readdirSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { DataError } from "../data/rows/DataError.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { identify } from "../engine/identity/identify.ts"
import { modelOf } from "../engine/keep/modelOf.ts"
import { costsOf } from "../engine/local/costs.ts"
import { prepared } from "../engine/local/prepared.ts"
import { openSource } from "../engine/local/sourceSums.ts"
import { planOf } from "../engine/plan/planning.ts"
import { blockOf, grainOf } from "../engine/plan/positionwise.ts"
import { checkPrices, type PriceUnknown } from "../engine/record/PriceUnknown.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import type { Model } from "../models/chat/Model.ts"
import type { Graph } from "../pipeline/Graph.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import type { InvalidPipeline } from "../pipeline/problems.ts"
import type { StepFailed, StepsFailed } from "../step/StepFailed.ts"
import { graphOf } from "./partGraph.ts"
import { type Part, partsOf } from "./parts.ts"
import { NotShardable, WrongRunFolder } from "./problems.ts"
import type { RunPlace } from "./RunPlace.ts"
import {
  hasPlan,
  type PlannedPart,
  type PlannedShard,
  type Program,
  readPlan,
  type RunPlan,
  writePlan
} from "./RunPlan.ts"
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

/** Plans a run in its place, which errors name as the user does. */
export const planIn = (
  place: RunPlace,
  pipeline: AnyPipeline,
  toPlan: Omit<ToPlan, "folder">
): Effect.Effect<Planned, PlanError> =>
  planShards(pipeline, { ...toPlan, folder: place.folder }).pipe(
    Effect.catchTag("WrongRunFolder", ({ detail }) =>
      Effect.fail(new WrongRunFolder({ folder: place.name, detail }))
    )
  )

/**
 * Plans a run in shards and writes the plan into its folder; the same plan a second time changes
 * nothing.
 */
export const planShards = Effect.fnUntraced(function* (
  pipeline: AnyPipeline,
  { dataset, folder, maxCost, maxErrorRate, prices, program, shards, version }: ToPlan
): Effect.fn.Return<Planned, PlanError> {
  const refused = (detail: string, fix = "Run it in one process."): NotShardable =>
    new NotShardable({ pipeline: pipeline.name, detail, fix })
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
  const all = partsOf(graph)
  const parts = yield* Effect.forEach(all, (part, number) => planned(graph, part, number, all))
  // Rows of the first source say how many shards there are; the others are cut alike.
  let most = typeof shards === "number" ? shards : 0
  const cut: Array<PlannedPart> = []
  for (const { graph: own, part } of parts) {
    if (part.source === undefined || part.whole !== undefined) {
      cut.push(part)
      continue
    }
    const ranges = yield* Effect.scoped(
      sourceShards(own, run.cacheDir, part, (rows) => {
        if (typeof shards === "function") most = Math.max(most, shards(rows))
        return most
      })
    ).pipe(
      Effect.catchTag("OnlyOnce", ({ source }) =>
        refused(`the rows of '${source}' can be read only once`)
      ),
      Effect.catchTag("OtherWhenBegun", ({ at, source }) =>
        refused(
          `source '${source}' gives other rows when it begins at row ${at} than when it comes there from the beginning`,
          "A shard begins in the middle: have it begin at the offset that it is given, and give the same rows each time."
        )
      )
    )
    cut.push({ ...part, shards: ranges })
  }
  const plan: RunPlan = {
    format: 2,
    pipeline: pipeline.name,
    version,
    node: nodeMajor,
    signature: identity.signature,
    program,
    ...(maxErrorRate === undefined ? {} : { maxErrorRate }),
    rows: cut.reduce((sum, { shards }) => sum + (shards.at(-1)?.to ?? 0), 0),
    leaves: graph.leaves,
    shards: Math.max(1, most),
    parts: cut
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

/** A part as plain data, and its graph. */
const planned = Effect.fnUntraced(function* (
  graph: Graph,
  part: Part,
  number: number,
  all: ReadonlyArray<Part>
): Effect.fn.Return<{ readonly graph: Graph; readonly part: PlannedPart }> {
  const isAlone = all.length === 1
  const own = isAlone ? graph : graphOf(graph, part, () => []).graph
  const { signature } = yield* Effect.promise(() => identify(own))
  const whole = hindranceOf(own)
  const source = [...own.nodes.values()].find(({ step }) => step.kind === "generator")
  return {
    graph: own,
    part: {
      name: isAlone ? "" : String(number).padStart(2, "0"),
      ...(whole === undefined ? {} : { whole }),
      signature,
      steps: part.steps,
      leaves: part.leaves,
      inputs: part.inputs.map(({ name }) => {
        const writer = all.findIndex(({ outlets }) => outlets.some((each) => each.name === name))
        return {
          stream: name,
          part: writer,
          number: all[writer]!.outlets.findIndex((each) => each.name === name)
        }
      }),
      outlets: part.outlets.map(({ name }) => name),
      grain: grainOf(planOf(own)),
      ...(part.inputs.length === 0 && source !== undefined ? { source: source.name } : {}),
      shards: []
    }
  }
})

/** A source whose rows cannot be cut into shards. */
class OnlyOnce extends Schema.TaggedError<OnlyOnce>()("OnlyOnce", { source: Schema.String }) {}
class OtherWhenBegun extends Schema.TaggedError<OtherWhenBegun>()("OtherWhenBegun", {
  source: Schema.String,
  at: Schema.Int
}) {}

/** Reads a source once, and cuts its rows into shards. */
const sourceShards = Effect.fnUntraced(function* (
  graph: Graph,
  cacheDir: string,
  { grain }: PlannedPart,
  most: (rows: number) => number
): Effect.fn.Return<
  ReadonlyArray<PlannedShard>,
  StepFailed | StepsFailed | OnlyOnce | OtherWhenBegun,
  Scope.Scope
> {
  const source = yield* openSource(graph, cacheDir)
  if (source.once) return yield* new OnlyOnce({ source: source.name })
  const rows = yield* source.count
  const ranges = rangesOf(grain, rows, most(rows))
  const block = blockOf(planOf(graph))!
  const hashes = yield* source.hashes(ranges, block)
  // What a worker will do: begin in the middle.
  const last = yield* source.hashes(ranges.slice(-1), block)
  if (last[0] !== hashes.at(-1))
    return yield* new OtherWhenBegun({ source: source.name, at: ranges.at(-1)!.from })
  return ranges.map((range, i) => ({ ...range, hash: hashes[i]! }))
})

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
  rows: "number of rows",
  shards: "number of shards",
  parts: "number of shards, or the rows in them,"
}
