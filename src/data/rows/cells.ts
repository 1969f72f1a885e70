/**
 * Cells: what stands in a row for the values of typed files.
 *
 * Rows are JSON, from the source to the results, the cache and other threads. What JSON has no type
 * for is text that says it exactly: dates and times in ISO 8601, bytes in base64. Integers and
 * decimals are numbers where a number says exactly the same, else their digits as text. NaN and
 * infinities, which JSON does not know, are null.
 */

import { exactInteger } from "../../columns/exactInteger.ts"
import { parseExactly } from "../../columns/exactJson.ts"
import { setKey } from "../../columns/own.ts"
import type { Row } from "../../columns/Row.ts"
import { revived } from "../../columns/rowText.ts"

/** The type of a column in a file that says its types. */
export type CellType =
  | { readonly kind: "text" | "boolean" | "half" | "uuid" | "interval" | "null" | "any" }
  /** Days; Arrow may count them in milliseconds. */
  | { readonly kind: "date"; readonly unit?: "ms" | undefined }
  /** JSON text that stands for what it says. */
  | { readonly kind: "json" }
  /** Integers that a number always holds: 32 bits with a sign unless it is said. */
  | {
      readonly kind: "small"
      readonly bits?: number | undefined
      readonly signed?: boolean | undefined
    }
  /** Integers of 64 bits, with a sign unless it is said. */
  | { readonly kind: "integer"; readonly signed?: boolean | undefined }
  | { readonly kind: "float"; readonly bits?: 32 | 64 | undefined }
  | { readonly kind: "bytes"; readonly length?: number | undefined }
  | { readonly kind: "decimal"; readonly scale: number; readonly precision: number }
  | {
      readonly kind: "timestamp"
      readonly unit: TimeUnit
      readonly utc: boolean
      readonly zone?: string | undefined
    }
  | { readonly kind: "time" | "duration"; readonly unit: TimeUnit }
  /** A list, of a length that is always the same where that is said. */
  | { readonly kind: "list"; readonly item: CellType; readonly length?: number | undefined }
  | { readonly kind: "struct"; readonly fields: ReadonlyArray<Field> }
  | { readonly kind: "map"; readonly key: CellType; readonly value: CellType }

export interface Field {
  readonly name: string
  readonly type: CellType
  /** What Python's `datasets` calls it, where the file says so: a label with its names, an image, … */
  readonly feature?: unknown
}

/** Whether Python's `datasets` has a word for the type. */
export const hasFeature = (type: CellType): boolean => {
  switch (type.kind) {
    case "map":
    case "interval":
    case "uuid":
    case "any":
      return false
    case "bytes":
      return type.length === undefined
    case "list":
      return hasFeature(type.item)
    case "struct":
      return type.fields.every((field) => hasFeature(field.type))
    default:
      return true
  }
}

export type TimeUnit = "s" | "ms" | "us" | "ns"

export const digitsOf: Readonly<Record<TimeUnit, number>> = { s: 0, ms: 3, us: 6, ns: 9 }
export const perMilli: Readonly<Record<TimeUnit, bigint>> = {
  s: 1n,
  ms: 1n,
  us: 1000n,
  ns: 1_000_000n
}

/** A number that JSON knows, else null. */
export const floatCell = (value: number): number | null =>
  Number.isFinite(value) ? value + 0 : null

/** A decimal with so many digits after the point. */
export const decimalCell = (unscaled: bigint, scale: number): number | string => {
  const text = decimalText(unscaled, scale)
  const number = Number(text)
  // Fifteen digits are always told apart by a number.
  return (unscaled < 10n ** 15n && unscaled > -(10n ** 15n)) ||
    String(number) === text.replace(/\.?0+$/, "")
    ? number + 0
    : text
}

const decimalText = (unscaled: bigint, scale: number): string => {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const sign = unscaled < 0n ? "-" : ""
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0")
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** What JSON text says; the text itself where it is not JSON. */
export const jsonCell = (text: string): unknown => {
  let value: unknown
  try {
    value = parseExactly(text)
  } catch {
    return text
  }
  return Array.isArray(value) ? value.map(revivedValue) : revivedValue(value)
}

const revivedValue = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? revived(value as Row)
    : value

/** A map as an object, or where a key is there twice as the list of its entries. */
export const mapCell = (
  entries: ReadonlyArray<readonly [key: unknown, value: unknown]>
): unknown => {
  const cells: Record<string, unknown> = {}
  for (const [key, value] of entries) setKey(cells, String(key), value)
  return Object.keys(cells).length === entries.length
    ? cells
    : entries.map(([key, value]) => ({ key, value }))
}

/** A day, counted from 1970-01-01: `2024-02-29`. */
export const dateCell = (days: number): string | number => {
  const date = new Date(days * 86_400_000)
  return Number.isNaN(date.getTime()) ? days : date.toISOString().slice(0, -14)
}

/**
 * A moment, with all the digits that the column has: `2024-02-29T12:00:00.123456Z`; without `Z`
 * where no time zone is meant.
 */
export const timestampCell = (value: bigint, unit: TimeUnit, utc: boolean): string | number => {
  const perUnit = perMilli[unit]
  const rest = ((value % perUnit) + perUnit) % perUnit
  const date = new Date(Number(unit === "s" ? value * 1000n : (value - rest) / perUnit))
  if (Number.isNaN(date.getTime())) return exactInteger(value)
  const iso = date.toISOString()
  const text =
    unit === "s"
      ? iso.slice(0, -5)
      : iso.slice(0, -1) +
        (digitsOf[unit] > 3 ? String(rest).padStart(digitsOf[unit] - 3, "0") : "")
  return utc ? `${text}Z` : text
}

/** A time of day: `12:00:00.123456`. */
export const timeCell = (value: bigint, unit: TimeUnit): string => {
  const text = timestampCell(value, unit, false)
  return String(text).slice(11)
}

/** A span of time in ISO 8601: `PT1.5S`. */
export const durationCell = (value: bigint, unit: TimeUnit): string => {
  const text = decimalText(value < 0n ? -value : value, digitsOf[unit])
  return `${value < 0n ? "-" : ""}PT${text.includes(".") ? text.replace(/\.?0+$/, "") : text}S`
}

/** A span of months, days and milliseconds in ISO 8601: `P1M2DT3.5S`. */
export const intervalCell = (months: number, days: number, milliseconds: number): string => {
  const date = `${months === 0 ? "" : `${months}M`}${days === 0 ? "" : `${days}D`}`
  return `P${date}${milliseconds === 0 && date !== "" ? "" : `T${milliseconds / 1000}S`}`
}

/** Bytes in base64. A page that shows rows has no Buffer, but browsers write base64 themselves. */
export const bytesCell = (bytes: Uint8Array & { readonly toBase64?: () => string }): string =>
  bytes.toBase64?.() ??
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")

/** Bytes that say a whole number, the greatest first, negative ones as two's complement. */
export const bigEndian = (bytes: Uint8Array): bigint => {
  let number = 0n
  for (const byte of bytes) number = (number << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, number)
}
