/**
 * Runs that many processes work on, whoever starts them: planned, coordinated from here, and merged
 * into one dataset.
 */
import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { Broker } from "../cluster/Broker.ts"
import { BrokerNeeded } from "../cluster/brokerProblems.ts"
import type { ClusterError } from "../cluster/clusterErrors.ts"
import { startLocalRedis } from "../cluster/localRedis.ts"
import { type Merged, mergedIn } from "../cluster/mergeShards.ts"
import { placeToPlan } from "../cluster/openPlace.ts"
import { codeOf } from "../cluster/packedCode.ts"
import { type Planned, planIn } from "../cluster/planShards.ts"
import type { ShardsMissing } from "../cluster/problems.ts"
import { retriedText } from "../cluster/retryShards.ts"
import { RunFolder } from "../cluster/RunFolder.ts"
import type { RunPlace } from "../cluster/RunPlace.ts"
import { hasPlan, readPlan, type RunPlan } from "../cluster/RunPlan.ts"
import { workWithoutBroker } from "../cluster/workWithoutBroker.ts"
import { type Ended, endOf } from "../engine/services/Reports.ts"
import type { Signals } from "../engine/services/Signals.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import { PackageMissing } from "../runtime/PackageMissing.ts"
import { version } from "../runtime/version.ts"
import { counted } from "../words/figures.ts"
import { attempted, type ClusterRun, type ClusterWork } from "./clusterWork.ts"
import { coordinated } from "./coordinated.ts"
import { deliverDataset } from "./deliverDataset.ts"
import { ClusterMeasures } from "./report/ClusterMeasures.ts"

/** What came of it. */
export interface ClusterResult extends Merged {
  readonly seconds: number
}

/** Rows of a shard, and shards for each slot at least, where nobody says how many there are. */
const usualRows = 1000
const leastShards = 4

/** Has a run worked on, and makes its dataset. */
export const clusterRun = (run: ClusterRun): Effect.Effect<ClusterResult, ClusterError, Signals> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { address } = run
      const broker = address === undefined ? undefined : yield* opened(address)
      const workers = run.workers ?? (address === undefined ? availableParallelism() : 0)
      const place = yield* attempted(() => placeToPlan(run.folder))
      const planned = yield* plannedRun(run, place, workers)
      const measures = yield* measuredRun(run, planned, resolve(place.folder))
      const work = { run, planned, place, workers, measures }
      if (run.progress !== "none") for (const notice of planned.notices) console.error(notice)
      const { merged, seconds } = yield* Effect.gen(function* () {
        const worked = Effect.suspend(() =>
          broker === undefined ? locally(work) : coordinated(work, broker, address!)
        )
        const took = yield* worked
        const whole = yield* mergedIn(place, planned.plan).pipe(
          Effect.catchTag("ShardsMissing", (missing) =>
            Effect.andThen(
              setAside(place, planned.plan, missing),
              Effect.andThen(worked, mergedIn(place, planned.plan))
            )
          )
        )
        return { merged: whole, seconds: took }
      }).pipe(
        Effect.onExit((exit) =>
          Exit.isFailure(exit) ? (measures?.report(endIn(exit.cause)) ?? Effect.void) : Effect.void
        )
      )
      yield* measures?.report({ end: "finished", distiset: merged.distiset }) ?? Effect.void
      yield* attempted(() => deliverDataset(place))
      if (merged.artifacts.length > 0)
        console.error(
          `What steps have saved beside their rows stays with the shards: ${merged.artifacts.join(", ")}`
        )
      return { ...merged, seconds }
    })
  ).pipe(
    Effect.withSpan(`run ${run.pipeline.name}`, {
      attributes: { "distilabel.pipeline": run.pipeline.name }
    })
  )

/**
 * Takes away shards that are damaged, as the end of a machine may leave them, so that they are made
 * again of their answers; fails if that is not all that is in the way.
 */
const setAside = (
  place: RunPlace,
  plan: RunPlan,
  problem: ShardsMissing
): Effect.Effect<void, ClusterError> => {
  const { again, damaged, missing } = problem
  if (missing.length > 0 || again.length < damaged.length) return Effect.fail(problem)
  console.error(
    `${counted(again.length, "damaged shard")}: made again of answers that are kept. ${damaged[0]}`
  )
  return attempted(() => place.remove(plan, again))
}

const plannedRun = Effect.fnUntraced(function* (run: ClusterRun, place: RunPlace, workers: number) {
  const { dataset, maxCost, packs, pipeline, prices, shards } = run
  const { folder } = place
  const code = packs === true ? yield* codeOf(pipeline.name, folder, run.program) : undefined
  const program = code === undefined ? run.program : { ...run.program, packed: code.hash }
  const there = hasPlan(folder) ? yield* readPlan(folder) : undefined
  const planned = yield* planIn(place, pipeline, {
    shards:
      shards ??
      there?.shards ??
      ((rows) => Math.max(Math.ceil(rows / usualRows), leastShards * Math.max(1, workers))),
    program,
    dataset,
    version,
    maxCost,
    prices
  })
  if (code !== undefined) yield* code.lay
  yield* attempted(() => place.publish())
  return planned
})

const endIn = (cause: Cause.Cause<ClusterError>): Ended => {
  const error = Cause.squash(cause)
  return error instanceof RunStopped ? { end: "stopped", detail: error.why } : endOf(cause)
}

const measuredRun = (
  { pipeline, report }: ClusterRun,
  { plan }: Planned,
  directory: string
): Effect.Effect<ClusterMeasures | undefined, never, Scope.Scope> =>
  report === false
    ? Effect.succeed(undefined)
    : Effect.acquireRelease(
        Effect.sync(() => new ClusterMeasures({ pipeline, plan, directory })),
        (measures) => Effect.sync(() => measures.close())
      )

/** A broker that is closed with the scope. */
const opened = (address: string): Effect.Effect<Broker, ClusterError, Scope.Scope> =>
  Effect.acquireRelease(
    attempted(() => Broker.open(address)),
    (broker) => Effect.sync(() => broker.close())
  )

/** What processes without a Redis could keep each by itself only. */
const countedTogether = ["maxCost", "maxTokens", "maxRows", "maxErrorRate", "prices"] as const

/** The command line gives prices of no model where there are none. */
const isGiven = (value: ClusterRun[(typeof countedTogether)[number]]): boolean =>
  typeof value === "object" ? Object.keys(value).length > 0 : value !== undefined

/** Works on this machine alone: over a Redis of the run's own, or without one. */
const locally = Effect.fnUntraced(function* (
  work: ClusterWork
): Effect.fn.Return<number, ClusterError, Signals> {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const started = yield* Effect.acquireRelease(
        attempted(() => startLocalRedis(work.place.folder)).pipe(
          Effect.catchTag("PackageMissing", (missing) => Effect.succeed(missing))
        ),
        (redis, exit) =>
          redis === undefined || redis instanceof PackageMissing
            ? Effect.void
            : Effect.promise(() => redis.stop(Exit.isSuccess(exit)))
      )
      if (started === undefined || started instanceof PackageMissing) {
        const why =
          started === undefined
            ? "There is no redis-server on this machine (apt install redis-server)"
            : started.message
        const options = countedTogether.filter((option) => isGiven(work.run[option]))
        if (options.length > 0)
          return yield* new BrokerNeeded({ pipeline: work.run.pipeline.name, options, why })
        console.error(
          `${why}: ${counted(work.workers, "process", "processes")} share the shards without one, and limits of models hold for each by itself.`
        )
        const { measures, place, planned, run, workers } = work
        if (run.retryFailed === true)
          console.error(retriedText(yield* attempted(() => place.retry(planned.plan))))
        const seen = new RunFolder(place.folder, planned.plan, () => {})
        measures?.begin(() => {
          seen.look()
          return {
            sums: seen.sums,
            through: seen.sourceRows,
            lanes: () => seen.lanes.figures(new Map())
          }
        })
        return yield* attempted(() => workWithoutBroker(place, planned.plan, workers))
      }
      return yield* coordinated(work, yield* opened(started.address), started.address)
    })
  )
})
