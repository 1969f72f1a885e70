/** Closed gates: why nobody asks a model at the moment, and how long a client stays at its gate. */
import type { Diagnosis } from "./Diagnosis.ts"

export interface ClosedGate {
  readonly kind: "paused" | "down"
  /** What the provider did, such as `429, Retry-After`. */
  readonly why: string
  /** Whether it is a limit that the user set, rather than anything that the provider did. */
  readonly isOwn?: boolean
  /** Since when every request has been rejected or has failed. */
  readonly since: number
  /** Milliseconds until the next request may go. */
  readonly ms: number
}

/** Seconds for which a client stays at a closed gate. */
export interface Stay {
  /** While the provider is down. */
  readonly giveUpAfter: number
  /** While it rejects every request. */
  readonly giveUpWhenPaused: number
}

export const defaultGiveUpAfter = 600
/** A provider that names a wait is there, and may be waited for longer. */
export const defaultGiveUpWhenPaused = 3600

/** Whether a gate was closed for longer than one stays at it. */
export const isOver = (
  { kind, since }: ClosedGate,
  { giveUpAfter, giveUpWhenPaused }: Stay,
  now: number
): boolean => now - since > (kind === "down" ? giveUpAfter : giveUpWhenPaused) * 1000

/** The end of a wait at a gate that stayed closed; `last` is what the provider said last. */
export const givenUp = (
  { isOwn = false, kind, since, why }: ClosedGate,
  now: number,
  last?: Diagnosis
): Diagnosis => {
  const state =
    kind === "down" ? "down" : isOwn ? `at its limit (${why})` : `rejecting every request (${why})`
  return {
    ...(isOwn
      ? {
          fix: "The same run goes on from here later; a longer giveUpAfter (seconds) waits for it."
        }
      : {}),
    ...(last ?? { reason: kind === "down" ? "ConnectionFailed" : "RateLimited" }),
    detail: `${state} for ${spanOf(now - since)}, longer than giveUpAfter${last === undefined ? "" : `: ${last.detail}`}`
  }
}

const spanOf = (ms: number): string =>
  ms < 90_000 ? `${Math.round(ms / 1000)} seconds` : `${Math.round(ms / 60_000)} minutes`
