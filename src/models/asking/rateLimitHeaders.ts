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
 * Resets in seconds are rarely further away; a greater number counts milliseconds. If that is
 * wrong, one request too many finds out.
 */
const mostSeconds = 3600

/**
 * The allowances that headers name. `now` is the machine's time in milliseconds since 1970.
 *
 * Providers call them each in their own way, but all alike in this: what is left, when it comes
 * back and of how much have the same name but for one word. `x-ratelimit-remaining-requests` goes
 * with `x-ratelimit-reset-requests`, `vendor-ratelimit-tokens-remaining` with
 * `vendor-ratelimit-tokens-reset`. What is left of a minute may do without.
 */
export const allowances = (headers: Headers, now: number): ReadonlyArray<Allowance> => {
  const found: Array<Allowance> = []
  const time = (): number => providerTime(headers, now)
  for (const left of Object.keys(headers)) {
    if (!left.includes("ratelimit") || !left.includes("remaining")) continue
    const [reset, limit] = [left.replace("remaining", "reset"), left.replace("remaining", "limit")]
    // Who answers although the limit is 0 does not mean it.
    const remaining = amountIn(headers[limit]) === 0 ? undefined : amountIn(headers[left])
    if (remaining === undefined) continue
    if (headers[reset] === undefined) {
      if (left.endsWith("-minute"))
        found.push({ remaining, resetMs: 60_000 - (time() % 60_000), header: left })
      continue
    }
    const resetMs = msUntil(headers[reset], { now: time(), mostSeconds })
    if (resetMs !== undefined) found.push({ remaining, resetMs, header: reset })
  }
  return found
}
