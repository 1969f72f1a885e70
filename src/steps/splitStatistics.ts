/** Dividing token counts among rows that came of one, so that sums stay what they were. */
import type { Row } from "../columns/Row.ts"

const counted = ["input_tokens", "output_tokens"]

/**
 * The metadata for each of `count` rows: in every `statistics_*` entry the token counts are
 * divided, the first rows taking the remainder.
 */
export const splitStatistics = (
  metadata: unknown,
  count: number
): ReadonlyArray<unknown> | undefined => {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return undefined
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [
        key,
        key.startsWith("statistics_") ? share(value, count, i) : value
      ])
    )
  )
}

const share = (statistics: unknown, count: number, i: number): unknown => {
  if (typeof statistics !== "object" || statistics === null) return statistics
  return Object.fromEntries(
    Object.entries(statistics as Row).map(([key, value]) =>
      counted.includes(key)
        ? [key, [value].flat().map((tokens) => part(Number(tokens), count, i))]
        : [key, value]
    )
  )
}

const part = (tokens: number, count: number, i: number): number =>
  Math.floor(tokens / count) + (i < tokens % count ? 1 : 0)
