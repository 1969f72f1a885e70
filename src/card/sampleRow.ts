/** A row as a card shows it: enough to see what it is, never longer than one likes to scroll. */
import { metadataColumn } from "../columns/metadata.ts"
import type { Row } from "../columns/Row.ts"

const mostItems = 10
const mostCharacters = 1200

/**
 * The row as indented JSON, without what tasks tell of themselves. Long lists and texts are cut,
 * and say so.
 */
export const sampleRow = (row: Row): string =>
  JSON.stringify(
    shortened(
      Object.fromEntries(Object.entries(row).filter(([column]) => column !== metadataColumn))
    ),
    undefined,
    2
  )

const shortened = (value: unknown): unknown => {
  if (typeof value === "string")
    return value.length <= mostCharacters
      ? value
      : `${value.slice(0, mostCharacters).toWellFormed()}… (${(value.length - mostCharacters).toLocaleString("en")} more characters)`
  if (typeof value === "bigint")
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Date) return value
  if (value instanceof Uint8Array) return `${value.length.toLocaleString("en")} bytes`
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = [...(value as Iterable<unknown>)]
    return [
      ...items.slice(0, mostItems).map(shortened),
      ...(items.length > mostItems
        ? [`… ${(items.length - mostItems).toLocaleString("en")} more`]
        : [])
    ]
  }
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, shortened(held)]))
}
