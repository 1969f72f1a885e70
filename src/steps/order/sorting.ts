/** The order of values, and rows in it that need not be in memory together. */
import type { Row } from "../../columns/Row.ts"
import type { RowStream } from "../../step/OwnStepOptions.ts"

/**
 * Compares values: numbers, texts by their UTF-16 units, false before true, dates; those of no
 * order are equal.
 */
export const compared = (a: unknown, b: unknown): number => {
  const [one, other] = [ordered(a), ordered(b)]
  if (typeof one.value !== typeof other.value && !(isNumber(one.value) && isNumber(other.value)))
    return one.rank - other.rank
  return one.value < other.value ? -1 : one.value > other.value ? 1 : 0
}

const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint"

/** A value that can be compared, and where its type stands among types. */
const ordered = (
  value: unknown
): { readonly value: number | bigint | string; readonly rank: number } => {
  if (typeof value === "boolean") return { value: Number(value), rank: 0 }
  if (typeof value === "number" || typeof value === "bigint") return { value, rank: 0 }
  if (value instanceof Date) return { value: value.getTime(), rank: 0 }
  if (typeof value === "string") return { value, rank: 1 }
  return { value: JSON.stringify(value), rank: 2 }
}

/** Whether a value is none, and stands last whatever the order is. */
export const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || Number.isNaN(value)

/** Rows in memory at once. */
const atOnce = 50_000

/**
 * Rows in another order: `order` holds their indices. Rows that are too many are read several
 * times, each time to take as many as fit into memory.
 */
export function* inOrder<R extends object = Row>(
  rows: RowStream<R>,
  order: Uint32Array,
  most = atOnce
): Generator<R> {
  const rankOf = new Uint32Array(rows.length)
  for (let rank = 0; rank < order.length; rank++) rankOf[order[rank]!] = rank + 1
  for (let first = 0; first < order.length; first += most) {
    const part = Array<R | undefined>(Math.min(most, order.length - first))
    let index = 0
    for (const row of rows) {
      const at = rankOf[index++]! - 1 - first
      if (at >= 0 && at < part.length) part[at] = row
    }
    for (const row of part) yield row!
  }
}
