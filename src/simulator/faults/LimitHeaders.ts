/**
 * Limit headers: what each provider tells of its limits with every answer, good or bad. Google
 * tells nothing.
 */
import type { RequestRate } from "./RequestRate.ts"
import type { TokenRate } from "./TokenRate.ts"

/** The limits that hold. */
export interface Limits {
  readonly rate: RequestRate | undefined
  readonly tokens: TokenRate | undefined
}

/** Names and values, one after the other. */
export type LimitHeaders = (limits: Limits, nowMs: number) => ReadonlyArray<string>

const whole = (count: number): string => String(Math.max(0, Math.floor(count)))

/** A span as OpenAI writes it: `120ms`, `6m0s`. */
const span = (time: number): string => {
  // a thousandth less: what a sum of floats is too much must not count as another millisecond
  const ms = Math.max(0, Math.ceil(time - 0.001))
  if (ms < 1000) return `${ms}ms`
  const seconds = ms / 1000
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${Number((seconds % 60).toFixed(3))}s`
}

/** OpenAI's headers. */
export const openAILimitHeaders: LimitHeaders = ({ rate, tokens }, nowMs) => [
  ...(rate === undefined
    ? []
    : [
        "x-ratelimit-limit-requests",
        whole(rate.count),
        "x-ratelimit-remaining-requests",
        whole(rate.left(nowMs)),
        "x-ratelimit-reset-requests",
        span(rate.resetMs(nowMs))
      ]),
  ...(tokens === undefined
    ? []
    : [
        "x-ratelimit-limit-tokens",
        whole(tokens.perMinute),
        "x-ratelimit-remaining-tokens",
        whole(tokens.left(nowMs)),
        "x-ratelimit-reset-tokens",
        span(tokens.resetMs(nowMs))
      ])
]

/** Mistral's headers, which speak of minutes. */
export const mistralLimitHeaders: LimitHeaders = ({ tokens }, nowMs) =>
  tokens === undefined
    ? []
    : [
        "x-ratelimitbysize-limit-minute",
        whole(tokens.perMinute),
        "x-ratelimitbysize-remaining-minute",
        whole(tokens.left(nowMs))
      ]
