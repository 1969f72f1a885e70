/**
 * Runs that many processes work on, whoever starts them: planned, coordinated from here, and merged
 * into one dataset.
 */
import { rmSync } from "node:fs"
import { availableParallelism } from "node:os"
import { resolve } from "node:path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { Broker } from "../cluster/Broker.ts"
import type { ClusterBudgets } from "../cluster/budgets.ts"
import { asClusterError, type ClusterError } from "../cluster/clusterErrors.ts"
import {
  type ClusterState,
  Coordinator,
  type CoordinatorControl,
  type CoordinatorOptions
} from "../cluster/Coordinator.ts"
import { ForkedWorker } from "../cluster/ForkedWorker.ts"
import { startLocalRedis } from "../cluster/localRedis.ts"
import { type Merged, mergeShards } from "../cluster/mergeShards.ts"
import type { TraceContext } from "../cluster/messages.ts"
import { codeOf } from "../cluster/packedCode.ts"
import { type Planned, planShards } from "../cluster/planShards.ts"
import type { ShardsMissing } from "../cluster/problems.ts"
import { retriedText, retryShards } from "../cluster/retryShards.ts"
import { RunFolder } from "../cluster/RunFolder.ts"
import { hasPlan, knownShards, type Program, readPlan } from "../cluster/RunPlan.ts"
import { workWithoutBroker } from "../cluster/workWithoutBroker.ts"
import type { ProgressMode } from "../engine/services/Display.ts"
import { type Ended, endOf } from "../engine/services/Reports.ts"
import { Signals } from "../engine/services/Signals.ts"
import { RunStopped, type StopReason } from "../engine/watch/RunStopped.ts"
import type { RunSummary } from "../engine/watch/Tally.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { PackageMissing } from "../runtime/PackageMissing.ts"
import { version } from "../runtime/version.ts"
import { counted } from "../words/figures.ts"
import { endText, showCluster, type View } from "./display/clusterProgress.ts"
import { CurrentCollector } from "./otlp.ts"
import { ClusterMeasures } from "./report/ClusterMeasures.ts"

/** A run to be coordinated. */
export interface ClusterRun extends ClusterBudgets {
  readonly pipeline: AnyPipeline
  /** What workers load. */
  readonly program: Program
  /** Rows in place of the source's own, which workers read as the program says. */
  readonly dataset?: unknown
  /** Whether its code is packed for workers that do not have it. */
  readonly packs?: boolean | undefined
  /** A folder that all workers see. */
  readonly folder: string
  /** Of a Redis; undefined for one of the run's own. */
  readonly address: string | undefined
  /** Slots of the worker that is started here. */
  readonly workers?: number | undefined
  readonly shards?: number | undefined
  readonly queue?: string | undefined
  readonly prices?: GivenPrices | undefined
  /** Whether shards with error rows are worked on again. */
  readonly retryFailed?: boolean | undefined
  readonly progress?: ProgressMode | undefined
  /** False to write no `report.html`. */
  readonly report?: boolean | undefined
  readonly signals?: boolean | undefined
  readonly onSummary?: ((summary: RunSummary) => void) | undefined
}

/** What came of it. */
export interface ClusterResult extends Merged {
  readonly seconds: number
}

const usualQueue = "default"

/** Rows of a shard, and shards for each slot at least, where nobody says how many there are. */
const usualRows = 1000
const leastShards = 4

/** A run on its way. */
interface Work {
  readonly run: ClusterRun
  readonly planned: Planned
  readonly folder: string
  readonly workers: number
  /** Undefined if the run is not measured. */
  readonly measures: ClusterMeasures | undefined
}

/** Has a run worked on, and makes its dataset. */
export const clusterRun = (run: ClusterRun): Effect.Effect<ClusterResult, ClusterError, Signals> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { address } = run
      const broker = address === undefined ? undefined : yield* opened(address)
      const workers = run.workers ?? (address === undefined ? availableParallelism() : 0)
      const planned = yield* plannedRun(run, workers)
      const folder = resolve(run.folder)
      const measures = yield* measuredRun(run, planned, folder)
      const work = { run, planned, folder, workers, measures }
      if (run.progress !== "none") for (const notice of planned.notices) console.error(notice)
      const { merged, seconds } = yield* Effect.gen(function* () {
        const worked = Effect.suspend(() =>
          broker === undefined ? locally(work) : coordinated(work, broker, address!)
        )
        const took = yield* worked
        const whole = yield* mergeShards(run.folder, planned.plan).pipe(
          Effect.catchTag("ShardsMissing", (missing) =>
            setAside(missing)
              ? Effect.andThen(worked, mergeShards(run.folder, planned.plan))
              : Effect.fail(missing)
          )
        )
        return { merged: whole, seconds: took }
      }).pipe(
        Effect.onExit((exit) =>
          Exit.isFailure(exit) ? (measures?.report(endIn(exit.cause)) ?? Effect.void) : Effect.void
        )
      )
      yield* measures?.report({ end: "finished", distiset: merged.distiset }) ?? Effect.void
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
 * again of their answers; whether that is all that is in the way.
 */
const setAside = ({ again, damaged, missing }: ShardsMissing): boolean => {
  if (missing.length > 0 || again.length < damaged.length) return false
  console.error(
    `${counted(again.length, "damaged shard")}: made again of answers that are kept. ${damaged[0]}`
  )
  for (const shard of again) rmSync(shard, { recursive: true, force: true })
  return true
}

const plannedRun = Effect.fnUntraced(function* (run: ClusterRun, workers: number) {
  const { dataset, folder, maxCost, packs, pipeline, prices, shards } = run
  const code = packs === true ? yield* codeOf(pipeline.name, folder, run.program) : undefined
  const program = code === undefined ? run.program : { ...run.program, packed: code.hash }
  const there = hasPlan(folder) ? yield* readPlan(folder) : undefined
  const planned = yield* planShards(pipeline, {
    folder,
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

/** What a promise gives; what a user can do something about is an error, anything else a defect. */
const attempted = <A>(attempt: () => Promise<A>): Effect.Effect<A, ClusterError> =>
  Effect.tryPromise({ try: attempt, catch: (thrown) => thrown }).pipe(Effect.catch(asClusterError))

/** A broker that is closed with the scope. */
const opened = (address: string): Effect.Effect<Broker, ClusterError, Scope.Scope> =>
  Effect.acquireRelease(
    attempted(() => Broker.open(address)),
    (broker) => Effect.sync(() => broker.close())
  )

/** Works on this machine alone: over a Redis of the run's own, or without one. */
const locally = Effect.fnUntraced(function* (
  work: Work
): Effect.fn.Return<number, ClusterError, Signals> {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const started = yield* Effect.acquireRelease(
        attempted(() => startLocalRedis(work.folder)).pipe(
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
        console.error(
          `${why}: ${counted(work.workers, "process", "processes")} share the shards without one, and limits of models hold for each by itself.`
        )
        const { folder, measures, planned, run, workers } = work
        if (run.retryFailed === true) console.error(retriedText(retryShards(folder, planned.plan)))
        const seen = new RunFolder(folder, planned.plan, () => {})
        measures?.begin(() => {
          seen.look()
          return {
            sums: seen.sums,
            through: seen.sourceRows,
            lanes: () => seen.lanes.figures(new Map())
          }
        })
        return yield* attempted(() => workWithoutBroker(folder, planned.plan, workers))
      }
      return yield* coordinated(work, yield* opened(started.address), started.address)
    })
  )
})

/** Coordinates a run over Redis; gives how long it took. */
const coordinated = Effect.fnUntraced(function* (
  work: Work,
  broker: Broker,
  address: string
): Effect.fn.Return<number, ClusterError, Signals | Scope.Scope> {
  const { folder, planned, run, workers } = work
  const { concurrency, plan } = planned
  const { queue = usualQueue } = run
  const otlp = yield* CurrentCollector
  let control: CoordinatorControl | undefined
  const view = yield* Effect.acquireRelease(
    Effect.sync(() => showCluster(run.progress ?? "auto", () => control?.state())),
    (shown) => Effect.sync(() => shown.close())
  )
  if (run.progress !== "none") begun(work, view, broker)
  const done = yield* coordinatedUntilEnd(
    run,
    {
      folder,
      plan,
      broker,
      queue,
      concurrency,
      prices: run.prices,
      retryFailed: run.retryFailed,
      trace: yield* traceHere,
      maxCost: run.maxCost,
      maxTokens: run.maxTokens,
      maxRows: run.maxRows,
      maxErrorRate: run.maxErrorRate,
      startWorkers:
        workers === 0
          ? undefined
          : (id) =>
              new ForkedWorker({ address, queue, run: id, slots: workers, otlp, say: view.say }),
      say: view.say
    },
    (ready) => {
      control = ready
      work.measures?.begin(ready.state)
    }
  ).pipe(
    Effect.onExit(() =>
      Effect.sync(() => {
        const state = control?.state()
        if (state !== undefined) run.onSummary?.(summaryOf(state, planned.notices))
      })
    )
  )
  view.close()
  if (run.progress !== "none") view.say(endText(done))
  return done.seconds
})

/** Says what is to be worked on, and how to help. */
const begun = (
  { planned: { plan, wasThere }, run: { address, queue } }: Work,
  view: View,
  broker: Broker
): void => {
  view.say(
    `${plan.pipeline}: ${counted(plan.rows, "source row")} in ${counted(knownShards(plan), "shard")}${wasThere ? ", begun before" : ""}`
  )
  if (address !== undefined)
    view.say(
      `Workers join from the program's folder with: distilabel-ts worker ${broker.shown}${queue === undefined ? "" : ` --queue ${queue}`}`
    )
}

/** The span of the run; undefined where nobody listens. */
const traceHere: Effect.Effect<TraceContext | undefined> = Effect.gen(function* () {
  if ((yield* Tracer.Tracer) === Tracer.nativeTracer) return undefined
  const span = yield* Effect.option(Effect.currentParentSpan)
  return Option.isNone(span)
    ? undefined
    : { traceId: span.value.traceId, spanId: span.value.spanId }
})

const graceMs = 40_000

/** Coordinates until all is done, or until a signal, a budget or the program itself stops it. */
const coordinatedUntilEnd = Effect.fnUntraced(function* (
  { signals }: ClusterRun,
  options: CoordinatorOptions,
  onReady: (control: CoordinatorControl) => void
): Effect.fn.Return<ClusterState, ClusterError, Signals | Scope.Scope> {
  let control: CoordinatorControl | undefined
  let asked: StopReason | undefined
  let isLeft = false
  const stop = (reason: StopReason): void => {
    asked ??= reason
    control?.stop(asked)
  }
  if (signals !== false)
    yield* (yield* Signals).stopOn({
      stop,
      stopNow: () => {
        isLeft = true
        control?.stopNow()
      },
      graceMs
    })
  const ended = Coordinator.run(options, (ready) => {
    control = ready
    onReady(ready)
    // It may have come before there was anything to stop.
    if (asked !== undefined) ready.stop(asked)
    if (isLeft) ready.stopNow()
  })
  return yield* attempted(() => ended).pipe(
    Effect.onInterrupt(() =>
      Effect.promise(async () => {
        stop("SIGTERM")
        await ended.catch(() => {})
      })
    )
  )
})

/** The counts of all steps, as a run in one process has them. */
const summaryOf = (
  { pipeline, seconds, stopping, sums }: ClusterState,
  notices: ReadonlyArray<string>
): RunSummary => ({
  pipeline,
  seconds,
  atWork: 0,
  stopping,
  damaged: 0,
  notices,
  steps: [...sums.steps.values()]
})
