/**
 * Jobs of batch APIs in a run: rows rest until their job is done, and once nothing else moves the
 * run waits, or ends and is taken up by a later one.
 */
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { BatchFolders } from "../../journal/BatchFolders.ts"
import type { Batches } from "../../models/asking/ModelAccess.ts"
import type { RunBatches } from "../../models/batch/Batches.ts"
import type { ChunkFacts, ChunkProgress, SavedEntry } from "../../models/batch/BatchStore.ts"
import type { ModelRequest } from "../../models/chat/Model.ts"
import { warnings } from "../../step/warnings.ts"
import { counted } from "../../words/figures.ts"
import type { Resting } from "./runGraph.ts"
import type { BatchOptions } from "./RunSettings.ts"
import type { RunWatch } from "./RunWatch.ts"

/** The jobs of a run. */
export interface Batching {
  readonly deliver: Batches
  /** Takes the answers of jobs that have ended while no process was there. */
  readonly catchUp: Effect.Effect<void>
  /** The rows have come to an end: jobs are cancelled if they are to be. */
  readonly ended: Effect.Effect<void>
  /** Nothing moves any more until a job is done. */
  readonly onRest: (machine: Resting) => void
}

/** Where a cache directory keeps jobs. */
export const batchesIn = (cacheDirectory: string): string => join(cacheDirectory, "batches")

/** The folders of jobs in it. */
export const batchFolders = (directory: string) =>
  new BatchFolders<ChunkFacts, SavedEntry, ChunkProgress>(directory)

const signals: ReadonlySet<string> = new Set(["SIGINT", "SIGTERM", "SIGHUP"])

/** Rows that are about to ask get so long before it counts that nothing moves. */
const settlingMs = 100

const defaultPollMs = 30_000
const longestPollMs = 300_000
const defaultAfterMs = 300_000

export const batching = Effect.fnUntraced(function* (
  cacheDirectory: string,
  options: BatchOptions,
  watch: RunWatch,
  /** A trial asks its few rows at once. */
  makesJobs: boolean
): Effect.fn.Return<Batching, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const context = yield* Effect.context<never>()
  const clock = yield* Clock.Clock
  const warn = yield* warnings
  const directory = batchesIn(cacheDirectory)
  const fork = (work: Effect.Effect<void>): void => {
    Effect.runForkWith(context)(Effect.forkIn(work, scope))
  }
  const pollMs = options.look === undefined ? defaultPollMs : options.look * 1000
  let batches: RunBatches | undefined
  let resting = false
  yield* Effect.addFinalizer(() => Effect.sync(() => batches?.release()))
  const opened = async (): Promise<RunBatches> => {
    // Loaded when it is wanted: most runs ask at once.
    const { RunBatches } = await import("../../models/batch/Batches.ts")
    if (batches !== undefined) return batches
    batches = new RunBatches({
      store: batchFolders(directory),
      size: options.size ?? Infinity,
      afterMs: options.after === undefined ? defaultAfterMs : options.after * 1000,
      pollMs,
      removes: options.keepFiles !== true,
      now: () => clock.currentTimeMillisUnsafe(),
      // What jobs will cost is as good as spent.
      room: () =>
        watch.room - (batches?.underWay ?? []).reduce((sum, { estimate }) => sum + estimate, 0),
      takesNew: () => watch.control.reason === undefined,
      onTooDear: () => watch.control.stop("maxCost"),
      warn,
      fork
    })
    const { look } = batches
    // A run that rests looks by itself.
    const lookMeanwhile = Effect.suspend(() => (resting ? Effect.void : look))
    fork(Effect.forever(Effect.andThen(Effect.sleep(pollMs), lookMeanwhile)))
    return batches
  }
  const keepsJobs = batchFolders(directory).all().length > 0
  const rest = (machine: Resting, jobs: RunBatches): Effect.Effect<void> =>
    Effect.gen(function* () {
      let wait = pollMs
      yield* Effect.sleep(settlingMs)
      while (machine.rests && watch.control.reason === undefined) {
        yield* jobs.flush
        yield* jobs.look
        yield* Effect.sleep(settlingMs)
        if (!machine.rests) return
        if (options.wait !== true) return watch.control.stop("batches", restingWords(jobs))
        yield* Effect.sleep(wait)
        wait = Math.min(wait * 1.5, Math.max(longestPollMs, pollMs))
      }
    })
  const onRest = (machine: Resting): void => {
    if (resting || batches === undefined) return
    resting = true
    fork(
      Effect.ensuring(
        rest(machine, batches),
        Effect.sync(() => {
          resting = false
          // It may have come to rest again just before.
          if (machine.rests && watch.control.reason === undefined) onRest(machine)
        })
      )
    )
  }
  return {
    onRest,
    deliver: {
      takes: ({ delivery }: ModelRequest) => makesJobs && (keepsJobs || delivery === "batch"),
      opened: (access) =>
        makesJobs && keepsJobs
          ? Effect.map(Effect.promise(opened), (jobs) => jobs.open(access))
          : Effect.void,
      deliver: (access, call) =>
        Effect.flatMap(Effect.promise(opened), (jobs) => jobs.deliver(access, call))
    },
    ended: Effect.suspend(() =>
      options.cancel === true && signals.has(watch.control.reason ?? "")
        ? (batches?.cancel ?? Effect.void)
        : Effect.void
    ),
    catchUp: Effect.suspend(() => batches?.look ?? Effect.void)
  }
})

/** What is waited for: `2 jobs of OpenAI with 12,400 answers`. */
const restingWords = ({ underWay }: RunBatches): string =>
  underWay
    .map(
      ({ by, jobs, questions }) =>
        `${counted(jobs, "job")} of ${by} with ${counted(questions, "answer")}`
    )
    .join(", ")
