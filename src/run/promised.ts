/** Runs as promises, which an `AbortSignal` stops. */
import * as Effect from "effect/Effect"
import { CurrentStopper, type Stoppable } from "../engine/services/Signals.ts"

/**
 * The run, as a promise that rejects with the run's error itself.
 *
 * The signal stops it as Ctrl+C does: what is in flight is paid for, and is waited for as long as
 * `stopTimeout` says; then the promise rejects with `RunStopped`. Before anything is asked, and
 * once the run has ended, what is done is left at once, and the promise rejects with the signal's
 * reason.
 */
export const promised = async <A>(
  run: Effect.Effect<A, unknown>,
  signal: AbortSignal | undefined
): Promise<A> => {
  if (signal === undefined) return Effect.runPromise(run)
  signal.throwIfAborted()
  let running: Stoppable | undefined
  const atOnce = new AbortController()
  const stop = (): void => {
    if (running === undefined) atOnce.abort()
    else running.stop("abort")
  }
  signal.addEventListener("abort", stop)
  try {
    const stopped = Effect.provideService(run, CurrentStopper, {
      takes: (taken) => {
        running = taken
      },
      gives: () => {
        running = undefined
      }
    })
    return await Effect.runPromise(stopped, { signal: atOnce.signal })
  } catch (thrown) {
    if (atOnce.signal.aborted) throw signal.reason
    throw thrown
  } finally {
    signal.removeEventListener("abort", stop)
  }
}
