/** Signals: what stops a run from outside of the program, or from elsewhere in it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { StopReason } from "../watch/RunStopped.ts"

/** A run that can be stopped. */
export interface Stoppable {
  /** Starts no new requests, waits for those in flight, then ends the run. */
  readonly stop: (reason: StopReason) => void
  /** Ends the run, whatever is in flight. */
  readonly stopNow: () => void
  /** A run that is to stop waits so long for what is in flight. */
  readonly graceMs: number
}

/** Lets signals stop a run as long as the scope lives. */
export class Signals extends Context.Service<
  Signals,
  { readonly stopOn: (run: Stoppable) => Effect.Effect<void, never, Scope.Scope> }
>()("distilabel-ts/engine/Signals") {}

/** Takes a run that it may stop, and gives it back when the run has ended. */
export interface Stopper {
  readonly takes: (run: Stoppable) => void
  readonly gives: () => void
}

/** How the program itself stops the run; undefined if it does not. */
export const CurrentStopper = Context.Reference<Stopper | undefined>(
  "distilabel-ts/engine/Stopper",
  { defaultValue: () => undefined }
)

/** Lets the program stop a run as long as the scope lives. */
export const stopOnProgram = (run: Stoppable): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(CurrentStopper, (stopper) =>
    stopper === undefined
      ? Effect.void
      : Effect.acquireRelease(
          Effect.sync(() => stopper.takes(run)),
          () => Effect.sync(stopper.gives)
        )
  )
