/**
 * Shared limits: what one of several processes that ask the same models may use of their limits. A
 * limit that a user sets holds for all of them together.
 */
import * as Context from "effect/Context"
import type { Pace } from "./Pace.ts"

/** A pace, of this process alone or of which it gets its part. */
export type AnyPace = Pick<Pace, "perSecond" | "waitMs" | "take">

/** What a gate's limits are when other processes have the same gate. */
export interface SharedGate {
  /**
   * How many requests this process may have in flight, of so many for all of them. What it has
   * then and another should have is given up by this call.
   */
  readonly atOnce: (maxConcurrency: number, inFlight: () => number) => number
  /**
   * How many this process may have in flight where each may have so many: with what those could
   * have that have nothing left to do.
   */
  readonly withIdle: (most: number) => number
  /** A pace that all of them keep together; `wake` is called when something may go. */
  readonly pace: (kind: "requests" | "tokens", perSecond: number, wake: () => void) => AnyPace
  /** The model is paused for so long: the others need not find out by themselves. */
  readonly paused: (ms: number, why: string) => void
  /** Is told of pauses that others met. */
  readonly onPaused: (listener: (ms: number, why: string) => void) => void
  /** Is told that there may be more to use. */
  readonly onChanged: (listener: () => void) => void
}

/** The shared limits of the gate with a name; outside of runs over many processes there are none. */
export const CurrentSharedLimits = Context.Reference<((gate: string) => SharedGate) | undefined>(
  "distilabel-ts/llms/SharedLimits",
  { defaultValue: () => undefined }
)
