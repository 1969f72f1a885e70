/** Rate-limit headers: what a provider says is left of its allowance, and when there will be more. */

/** What is left of requests or tokens, and milliseconds until it is whole again. */
export interface Allowance {
  readonly remaining: number
  readonly resetMs: number
}

type Headers = Readonly<Record<string, string | Array<string> | undefined>>

/** Pairs of headers: what remains, and when it comes back. OpenAI and many others say it the first ways, the IETF's draft the last. */
const pairs: ReadonlyArray<readonly [remaining: string, reset: string]> = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["x-ratelimit-remaining", "x-ratelimit-reset"],
  ["ratelimit-remaining", "ratelimit-reset"]
]

/** Headers of what remains in this minute, for providers that say no more. */
const ofMinute: ReadonlyArray<string> = ["x-ratelimit-remaining-req-minute", "x-ratelimitbysize-remaining-minute", "x-ratelimit-remaining-tokens-minute"]

/** The allowances that headers tell of. `now` is the time in milliseconds since 1970. */
export const allowances = (headers: Headers, now: number): ReadonlyArray<Allowance> => {
  const found: Array<Allowance> = []
  for (const [left, reset] of pairs) {
    const remaining = number(headers[left])
    const resetMs = durationMs(headers[reset], now)
    if (remaining !== undefined && resetMs !== undefined) found.push({ remaining, resetMs })
  }
  for (const left of ofMinute) {
    const remaining = number(headers[left])
    if (remaining !== undefined) found.push({ remaining, resetMs: 60_000 - now % 60_000 })
  }
  return found
}

const number = (text: unknown): number | undefined => {
  const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Later than this a plain number is a time, not a span: seconds since 1970. */
const sinceEpoch = 1_000_000_000

/** A span as `6m0s`, `120ms` or seconds, or a time as seconds since 1970. */
const durationMs = (text: unknown, now: number): number | undefined => {
  const plain = number(text)
  if (plain !== undefined) return plain > sinceEpoch ? Math.max(0, plain * 1000 - now) : plain * 1000
  if (typeof text !== "string" || !/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit!]!, 0)
}
