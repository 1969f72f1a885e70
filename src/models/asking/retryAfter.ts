/** Retry-After: how long a provider asks us to wait. */
import { amountIn, type Headers, msUntil, providerTime } from "../http/headerTime.ts"

/**
 * The wait in milliseconds; undefined where the answer names none, or one that nobody means.
 *
 * Reads `retry-after-ms` and `retry-after`, which holds seconds or a date, and in practice spans
 * and times since 1970 too. `now` is the machine's time in milliseconds since 1970.
 */
export const retryAfterMs = (headers: Headers, now: number): number | undefined => {
  const milliseconds = amountIn(headers["retry-after-ms"])
  return milliseconds === undefined
    ? msUntil(headers["retry-after"], { now: providerTime(headers, now) })
    : msUntil(`${milliseconds}ms`, { now })
}
