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
  /** How many of so many requests at once are this process's. */
  readonly shareOf: (maxConcurrency: number) => number
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
