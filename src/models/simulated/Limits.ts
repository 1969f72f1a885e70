/**
 * Limits: what a simulated provider tells in headers of what is left of them, with every answer,
 * good or bad.
 */

/** What is left of a rate. */
export interface Left {
  readonly left: (nowMs: number) => number
  /** Milliseconds until it is whole again. */
  readonly resetMs: (nowMs: number) => number
}

/** The limits that hold. */
export interface Limits {
  readonly rate: (Left & { readonly count: number }) | undefined
  readonly tokens: (Left & { readonly perMinute: number }) | undefined
  /** The time in milliseconds since 1970. */
  readonly time: number
}

/** Names and values, one after the other. */
export type LimitHeaders = (limits: Limits, nowMs: number) => ReadonlyArray<string>

/** A count as headers write it. */
export const whole = (count: number): string => String(Math.max(0, Math.floor(count)))
