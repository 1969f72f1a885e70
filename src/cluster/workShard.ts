/**
 * Working on a shard: the pipeline runs on the shard's rows in a folder of the attempt, which takes
 * the shard's name when it is complete. Of two attempts the first that is complete counts.
 */
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Subset } from "../data/distiset/Subset.ts"
import { DataError } from "../data/rows/DataError.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { modelOf } from "../engine/keep/modelOf.ts"
import { execute, type RunServices } from "../engine/local/execute.ts"
import { type Prepared, prepared } from "../engine/local/prepared.ts"
import type { RunError } from "../engine/local/runErrors.ts"
import type { RunSettings } from "../engine/local/RunSettings.ts"
import { openSource } from "../engine/local/sourceSums.ts"
import { planOf } from "../engine/plan/planning.ts"
import { blockOf, type SourceRange } from "../engine/plan/positionwise.ts"
import { AnswersLog } from "../engine/services/AnswersLog.ts"
import { Reports } from "../engine/services/Reports.ts"
import { readPast } from "../journal/Checkpoints.ts"
import { ShardLog } from "../journal/ShardLog.ts"
import { writerName } from "../journal/writers.ts"
import type { Graph } from "../pipeline/Graph.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import type { InvalidPipeline } from "../pipeline/problems.ts"
import { figuresOf, type ShardFigures, writeFigures } from "./figures.ts"
import { graphOf, type PartGraph } from "./partGraph.ts"
import { partsOf } from "./parts.ts"
import { inputFiles, shardsOf } from "./partShards.ts"
import { nodeMajor } from "./planShards.ts"
import { OtherRows, OtherVersion } from "./problems.ts"
import { isRetried } from "./retryShards.ts"
import { readStream, StreamWriters } from "./RowStream.ts"
import type { CommitEnd, RunPlace } from "./RunPlace.ts"
import { placesIn, type RunPlan, shardName, shardNameIn } from "./RunPlan.ts"
import { ShardMeasures } from "./ShardMeasures.ts"

/** A run in shards, with its program loaded here. */
export interface ShardedRun {
  readonly place: RunPlace
  readonly plan: RunPlan
  readonly pipeline: AnyPipeline
  /** Rows in place of the source's own. */
  readonly dataset?: unknown
  readonly settings: Pick<
    RunSettings,
    "progress" | "durability" | "signals" | "maxRowsInFlight" | "maxErrorRate" | "prices"
  >
}

/** The same, once it is known to be what was planned. */
export interface CheckedRun extends ShardedRun {
  readonly prepared: Prepared
}

/** What came of the work on a shard. */
type ShardEnd = CommitEnd | "was there"

/** The same, with the rows that this worker made of it. */
export interface Worked {
  readonly end: ShardEnd
  readonly rows: number
  readonly errorRows: number
}

/** Refuses the run where something is not as it was when it was planned, before any row moves. */
export const checked = Effect.fnUntraced(function* (
  run: ShardedRun,
  version: string
): Effect.fn.Return<CheckedRun, OtherVersion | InvalidPipeline> {
  const { dataset, pipeline, place, plan } = run
  const refuse = (what: string, planned: string, here: string, fix: string): OtherVersion =>
    new OtherVersion({ folder: place.name, what, planned, here, fix })
  if (plan.version !== version)
    return yield* refuse("distilabel-ts", plan.version, version, "Install the same version here.")
  if (plan.node !== nodeMajor)
    return yield* refuse("Node", String(plan.node), String(nodeMajor), "Use the same Node here.")
  const ready = yield* prepared(pipeline, given(plan, dataset), undefined)
  const { identity } = ready
  if (plan.signature !== identity.signature)
    return yield* refuse(
      `pipeline '${plan.pipeline}' of signature`,
      plan.signature.slice(0, 12),
      identity.signature.slice(0, 12),
      "Use the same code and environment here, or plan the run anew in another folder."
    )
  return { ...run, prepared: ready }
})

/** Works on one shard of a part, unless it is there. */
export const workShard = Effect.fnUntraced(function* (
  run: CheckedRun,
  number: number,
  index: number
): Effect.fn.Return<Worked, RunError | OtherRows, RunServices> {
  const { pipeline, place, plan, settings } = run
  const { folder } = place
  const part = plan.parts[number]!
  const name = shardName(index)
  const places = placesIn(folder, part)
  yield* shared(place, "read", () => place.bringFor(plan, part, index))
  if (existsSync(join(places.shards, name))) return { end: "was there", rows: 0, errorRows: 0 }
  const { from, hash, to } = shardsOf(folder, plan, part)![index]!
  const { asks, graph, outlets, prepared } = yield* preparedPart(run, number)
  const otherRows = (): OtherRows =>
    new OtherRows({ folder: place.name, source: part.source ?? "", from, to })
  const looks = part.whole === undefined && part.source !== undefined
  // Where nothing is asked, what the rows are is seen early enough when they are through.
  if (looks && asks && (yield* hashHere(run, graph, { from, to })) !== hash)
    return yield* otherRows()
  const attempt = join(places.attempts, `${name}-${writerName()}`)
  yield* Effect.try({
    try: () => makeFolder(attempt),
    catch: (thrown) => DataError.of("write", attempt, thrown)
  })
  const streams = new StreamWriters(attempt, part.outlets)
  const began = yield* Clock.currentTimeMillis
  const measures = new ShardMeasures(graph, part.steps, attempt)
  let figures: ShardFigures | undefined
  const keeping = yield* shared(place, "read", () => place.keepAnswers(part, index))
  const kept = shared(place, "write", keeping)
  const { subsets } = yield* execute(
    { ...pipeline, graph },
    {
      ...(plan.maxErrorRate === undefined ? {} : { maxErrorRate: plan.maxErrorRate }),
      ...settings,
      onSummary: (summary) => {
        figures = figuresOf(began, summary, part.steps, measures.each)
      },
      outputDir: attempt,
      report: asks
    },
    undefined,
    {
      name: `shard ${shardNameIn(part, index)}`,
      range: part.whole === undefined ? { from, to } : undefined,
      outlets: new Map([...outlets].map(([leaf, stream]) => [leaf, streams.sink(stream.name)])),
      leaves: part.leaves,
      prepared: { ...prepared, retryFailed: isRetried(folder, part, index) },
      // What others read on the way is complete; a damaged end is seen when shards are merged.
      syncs: part.outlets.length > 0 || settings.durability === "power",
      isUnseen: true
    }
  ).pipe(
    Effect.provideService(AnswersLog, {
      open: (_, options) => ShardLog.open(join(places.answers, name), options)
    }),
    Effect.provideService(Reports, { measure: () => Effect.succeed(measures) }),
    // Why the work failed is more than that its answers are on this machine alone.
    Effect.onError(() => Effect.ignore(kept))
  )
  yield* kept
  // A source may have changed since it was looked at.
  if (looks && readPast(attempt)?.finish?.sources[part.source]?.hash !== hash) {
    rmSync(attempt, { recursive: true, force: true })
    return yield* otherRows()
  }
  const end = yield* shared(place, "write", () => {
    if (part.outlets.length > 0) streams.close()
    if (figures !== undefined) writeFigures(attempt, figures)
    return place.commit(part, index, attempt)
  })
  const made: ReadonlyArray<Subset> = Object.values(subsets)
  return {
    end,
    rows: made.reduce((sum, { length }) => sum + length, 0),
    errorRows: made.reduce((sum, { errorCount }) => sum + errorCount, 0)
  }
})

/** A part's graph, described. */
interface PreparedPart extends PartGraph {
  readonly prepared: Prepared
  /** Whether a step of it asks a model. */
  readonly asks: boolean
}

/** To describe a graph takes longer than to work on a small shard of it. */
const preparedParts = new WeakMap<CheckedRun, Map<number, PreparedPart>>()

const preparedPart = Effect.fnUntraced(function* (
  run: CheckedRun,
  number: number
): Effect.fn.Return<PreparedPart, InvalidPipeline> {
  const known = preparedParts.get(run) ?? new Map<number, PreparedPart>()
  preparedParts.set(run, known)
  const there = known.get(number)
  if (there !== undefined) return there
  const part = partGraphOf(run, number)
  const made = {
    ...part,
    asks: [...part.graph.nodes.values()].some(({ step }) => modelOf(step) !== undefined),
    prepared: yield* prepared({ ...run.pipeline, graph: part.graph }, {}, undefined)
  }
  known.set(number, made)
  return made
})

/** What a place does for a shard. */
const shared = <A>(
  { name }: RunPlace,
  action: "read" | "write",
  request: () => Promise<A>
): Effect.Effect<A, DataError> =>
  Effect.tryPromise({
    try: async () => request(),
    catch: (thrown) => DataError.of(action, name, thrown)
  })

/** The graph of a part, whose sources read what the parts before have made. */
const partGraphOf = (
  { place: { folder }, plan, prepared: { graph } }: CheckedRun,
  number: number
): PartGraph => {
  const part = plan.parts[number]!
  if (plan.parts.length === 1) return { graph, outlets: new Map() }
  return graphOf(graph, partsOf(graph)[number]!, (stream, offset) =>
    readStream(inputFiles(folder, plan, part, stream.name) ?? [], offset)
  )
}

const given = (plan: RunPlan, dataset: unknown) => ({
  parameters: plan.program.parameters,
  ...(dataset === undefined ? {} : { dataset })
})

/** The hash of the rows that the source gives here for a shard. */
const hashHere = (
  { prepared: { cacheDir } }: CheckedRun,
  graph: Graph,
  range: SourceRange
): Effect.Effect<string, RunError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const source = yield* openSource(graph, cacheDir)
      const [hash] = yield* source.hashes([range], blockOf(planOf(graph))!)
      return hash!
    })
  )
