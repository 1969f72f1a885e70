/**
 * The coordinator's part of a run over Redis: what it tells of the run, what stops it, and what it
 * gives in the end.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import type { Broker } from "../cluster/Broker.ts"
import type { ClusterError } from "../cluster/clusterErrors.ts"
import type { ClusterState } from "../cluster/ClusterState.ts"
import {
  Coordinator,
  type CoordinatorControl,
  type CoordinatorOptions
} from "../cluster/Coordinator.ts"
import { ForkedWorker } from "../cluster/ForkedWorker.ts"
import type { TraceContext } from "../cluster/messages.ts"
import { knownShards } from "../cluster/RunPlan.ts"
import { Signals, stopOnProgram } from "../engine/services/Signals.ts"
import type { StopReason } from "../engine/watch/RunStopped.ts"
import type { RunSummary } from "../engine/watch/Tally.ts"
import { counted } from "../words/figures.ts"
import { attempted, type ClusterRun, type ClusterWork } from "./clusterWork.ts"
import { endText, showCluster, type View } from "./display/clusterProgress.ts"
import { CurrentCollector } from "./otlp.ts"

const usualQueue = "default"

/** Coordinates a run over Redis; gives how long it took. */
export const coordinated = Effect.fnUntraced(function* (
  work: ClusterWork,
  broker: Broker,
  address: string
): Effect.fn.Return<number, ClusterError, Signals | Scope.Scope> {
  const { place, planned, run, workers } = work
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
      place,
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
  { planned: { plan, wasThere }, run: { address, queue } }: ClusterWork,
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
  const stoppable = {
    stop,
    stopNow: () => {
      isLeft = true
      control?.stopNow()
    },
    graceMs
  }
  if (signals !== false) yield* (yield* Signals).stopOn(stoppable)
  yield* stopOnProgram(stoppable)
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
