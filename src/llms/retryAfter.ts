/** Retry-After: how long a provider asks us to wait, in any of the ways providers say it. */

/**
 * The wait in milliseconds; undefined where the answer names none.
 *
 * Reads `retry-after-ms` and `retry-after`, which holds seconds or an HTTP date; `now` is the time in milliseconds since 1970.
 */
export const retryAfterMs = (headers: Readonly<Record<string, string>>, now: number): number | undefined => {
  const milliseconds = number(headers["retry-after-ms"])
  if (milliseconds !== undefined) return milliseconds
  const value = headers["retry-after"]
  if (value === undefined) return undefined
  const seconds = number(value)
  if (seconds !== undefined) return seconds * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

const number = (text: string | undefined): number | undefined => {
  const value = text === undefined || text.trim() === "" ? Number.NaN : Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}
