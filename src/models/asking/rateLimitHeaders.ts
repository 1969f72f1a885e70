/** Rate-limit headers: what a provider says is left of its allowance, and when there will be more. */
import { amountIn, type Headers, msUntil, providerTime } from "../http/headerTime.ts"

/** What is left of requests or tokens, and milliseconds until it is whole again. */
export interface Allowance {
  readonly remaining: number
  readonly resetMs: number
  /** The header that says so. */
  readonly header: string
}

/**
 * Headers that belong together: what remains, when it comes back, and of how much. OpenAI and many
 * others say it the first ways, the IETF's draft the last.
 */
const sets: ReadonlyArray<readonly [remaining: string, reset: string, limit: string]> = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", "x-ratelimit-limit-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "x-ratelimit-limit-tokens"],
  ["x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-limit"],
  ["ratelimit-remaining", "ratelimit-reset", "ratelimit-limit"]
]

/** Headers of what remains in this minute, for providers that say no more. */
const ofMinute: ReadonlyArray<string> = [
  "x-ratelimit-remaining-req-minute",
  "x-ratelimitbysize-remaining-minute",
  "x-ratelimit-remaining-tokens-minute"
]

/**
 * Resets in seconds are rarely further away; a greater number counts milliseconds. If that is
 * wrong, one request too many finds out.
 */
const mostSeconds = 3600

/** The allowances that headers name. `now` is the machine's time in milliseconds since 1970. */
export const allowances = (headers: Headers, now: number): ReadonlyArray<Allowance> => {
  const found: Array<Allowance> = []
  const time = (): number => providerTime(headers, now)
  for (const [left, reset, limit] of sets) {
    // Who answers although the limit is 0 does not mean it.
    const remaining = amountIn(headers[limit]) === 0 ? undefined : amountIn(headers[left])
    const resetMs =
      remaining === undefined ? undefined : msUntil(headers[reset], { now: time(), mostSeconds })
    if (remaining !== undefined && resetMs !== undefined)
      found.push({ remaining, resetMs, header: reset })
  }
  for (const left of ofMinute) {
    const remaining = amountIn(headers[left])
    if (remaining !== undefined)
      found.push({ remaining, resetMs: 60_000 - (time() % 60_000), header: left })
  }
  return found
}
