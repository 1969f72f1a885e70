/**
 * Times in headers: how far away the moment is that a provider names, in any of the ways providers
 * write it.
 */

/** Headers as they arrive. */
export type Headers = Readonly<Record<string, string | ReadonlyArray<string> | undefined>>

/** How headers name a time. */
export interface TimeReading {
  /** The provider's time, in milliseconds since 1970. */
  readonly now: number
  /**
   * Plain numbers above this count milliseconds, not seconds; a provider whose numbers always count
   * seconds has none.
   */
  readonly mostSeconds?: number | undefined
}

/** A wait that nobody means: whoever names it has a fault, and names nothing. */
const absurdMs = 24 * 3_600_000

/** Plain numbers from here on are a moment since 1970: in seconds from 2001, in milliseconds from 1973. */
const epochSeconds = 1_000_000_000
const epochMilliseconds = 100_000_000_000

/**
 * Milliseconds until the moment that a header names, 0 if it is over; undefined if it names none,
 * or one that is more than a day away.
 */
export const msUntil = (
  text: string | ReadonlyArray<string> | undefined,
  { mostSeconds = Infinity, now }: TimeReading
): number | undefined => {
  if (typeof text !== "string") return undefined
  const plain = amountIn(text)
  const ms =
    plain === undefined
      ? (spanMs(text) ?? dateMs(text, now))
      : plain > epochMilliseconds
        ? plain - now
        : plain > epochSeconds
          ? plain * 1000 - now
          : plain > mostSeconds
            ? plain
            : plain * 1000
  return ms === undefined || ms > absurdMs ? undefined : Math.max(0, ms)
}

/** A plain amount; undefined for what is not a number, or is below 0. */
export const amountIn = (text: string | ReadonlyArray<string> | undefined): number | undefined => {
  const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

/**
 * The provider's time in milliseconds since 1970: what its answer says, since its dates are read
 * off the same clock; else the machine's.
 */
export const providerTime = (headers: Headers, machineTime: number): number => {
  const { date } = headers
  const time = typeof date === "string" ? Date.parse(date) : Number.NaN
  return Number.isNaN(time) ? machineTime : time
}

const units: Readonly<Record<string, number>> = {
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000
}
const part = /(\d+(?:\.\d+)?)\s*(ms|us|µs|[smhd])/gi

/** A span as `6m0s`, `1.5s` or `250ms`. */
const spanMs = (text: string): number | undefined => {
  if (text.replaceAll(part, "").trim() !== "" || text.trim() === "") return undefined
  return [...text.matchAll(part)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit!.toLowerCase()]!,
    0
  )
}

/** An ISO or HTTP date. Without a year and a time of day, engines read dates into almost any text. */
const dateMs = (text: string, now: number): number | undefined => {
  const time = /\d{4}.*\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time - now
}
