/**
 * Hashes of what columns hold. Equal values have equal hashes, in whatever order objects say their
 * keys.
 */
import { createHash } from "node:crypto"
import type { Row } from "../../columns/Row.ts"

export type HashAlgorithm = "sha256" | "sha1" | "md5"

/**
 * The hash of a row's columns: of a text itself, so that other programs find the same one; of
 * several columns, or of another value, the hash of their values as JSON with sorted keys.
 */
export const contentHash = (
  row: Row,
  columns: ReadonlyArray<string>,
  algorithm: HashAlgorithm = "sha256"
): Buffer => {
  const only = columns.length === 1 ? row[columns[0]!] : undefined
  return createHash(algorithm)
    .update(
      typeof only === "string"
        ? only
        : `${notText}${sortedJson(columns.map((column) => row[column]))}`
    )
    .digest()
}

/** In front of JSON, so that a text that looks like JSON has another hash. */
const notText = "\0"

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) => sorted(held))

/** What JSON has no type for as text, and objects with their keys in order. */
const sorted = (value: unknown): unknown => {
  if (value === undefined) return null
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value)))
    return String(value)
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
  return Object.fromEntries(
    Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  )
}
