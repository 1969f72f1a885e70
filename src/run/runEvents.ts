/** Runs as streams of events. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Stream from "effect/Stream"
import type { DatasetOf } from "../engine/local/dataset.ts"
import type { RunError } from "../engine/local/runErrors.ts"
import type { RunEvent } from "../engine/watch/RunEvent.ts"
import type { Pipeline } from "../pipeline/Pipeline.ts"
import {
  type OptionsArgument,
  type OptionsOfRun,
  type Others,
  run,
  type RunOptions
} from "./run.ts"

/** At most so many events wait to be read. */
const mostWaiting = 10_000

/**
 * Runs a pipeline and gives its events, for a dashboard of your own: an effect of a stream, for
 * `Stream.unwrap`. The stream ends with the run, and fails with its error after `run ended`; the
 * dataset is in the run's folder, which `run started` names. To stop reading stops the run.
 *
 * Events wait in memory for a slow reader, at most 10,000 of them. What comes then is dropped
 * rather than stalling the run; a `dropped` event says how many. Option `onEvent` of `run` is given
 * the same events one by one.
 *
 * @example
 *   const dashboard = Stream.unwrap(runEvents(pipeline)).pipe(
 *     Stream.filter((event) => event.kind === "progress"),
 *     Stream.runForEach(({ rows, total }) => Console.log(`${rows} of ${total ?? "?"} rows`))
 *   )
 *
 * @fails what `run` fails with
 */
export const runEvents = <
  Steps,
  Leaves,
  Sources,
  Fed extends DatasetOf<Sources> = never,
  R = never
>(
  pipeline: Pipeline<Steps, Leaves, Sources, R>,
  ...[options]: OptionsArgument<RunOptions<Steps, Fed, Others<Steps, Sources, Fed>>>
): Effect.Effect<Stream.Stream<RunEvent, RunError, R>> =>
  Effect.gen(function* () {
    // Loaded when it is wanted: most programs have no use for streams.
    const { callback } = yield* Effect.promise(() => import("effect/Stream"))
    return callback<RunEvent, RunError, R>(
      (events) =>
        run<Steps, Leaves, Sources, Fed, R>(pipeline, {
          ...options,
          onEvent: offering(events, options?.onEvent)
        } as OptionsOfRun<Steps, Fed, Others<Steps, Sources, Fed>, never, R>).pipe(
          Effect.onExit((exit) =>
            Effect.sync(() =>
              Exit.isSuccess(exit)
                ? Queue.endUnsafe(events)
                : Queue.failCauseUnsafe(events, exit.cause)
            )
          )
        ),
      { bufferSize: Infinity }
    )
  })

/** Offers events to a queue that holds so many; its last one is never dropped. */
const offering = (
  events: Queue.Queue<RunEvent, RunError | Cause.Done>,
  also: ((event: RunEvent) => void) | undefined
) => {
  let dropped = 0
  return (event: RunEvent): void => {
    also?.(event)
    if (Queue.sizeUnsafe(events) >= mostWaiting && event.kind !== "run ended") {
      dropped++
      return
    }
    if (dropped > 0) Queue.offerUnsafe(events, { kind: "dropped", count: dropped })
    dropped = 0
    Queue.offerUnsafe(events, event)
  }
}
