/**
 * The column `distilabel_metadata`: what tasks tell of how a row came about, merged where rows
 * meet.
 */
import * as Schema from "effect/Schema"
import type { Row } from "./Row.ts"

export const metadataColumn = "distilabel_metadata"

/** Metadata of one answer, or of all calls for one row. */
export const MetadataOfOne = Schema.Record(Schema.String, Schema.Unknown)

/**
 * Metadata of several rows: a key that one has keeps its value, a key that several have gets a
 * list; lists of metadata are joined.
 */
export const mergedMetadata = (rows: ReadonlyArray<Row>): Row => {
  const all = rows
    .map((row) => row[metadataColumn])
    .filter((metadata): metadata is Row => typeof metadata === "object" && metadata !== null)
  if (all.length === 0) return {}
  if (all.some(Array.isArray)) return { [metadataColumn]: all.flat() }
  const keys = new Set(all.flatMap(Object.keys))
  const merged = [...keys].map((key) => {
    const values = all
      .filter((metadata) => Object.hasOwn(metadata, key))
      .map((metadata) => metadata[key])
    return [key, values.length === 1 ? values[0] : values]
  })
  return { [metadataColumn]: Object.fromEntries(merged) }
}

/**
 * What tasks tell of a row: the chat sent, the text that came back, token counts, each under the
 * task's name.
 */
export interface Metadata {
  readonly [key: string]: unknown
}

/** Metadata of earlier tasks stays, that of a task of the same name is replaced. */
export const withMetadata = (row: Row, own: Row): Row => {
  const before = row[metadataColumn]
  if (Array.isArray(before)) return { [metadataColumn]: [...before, own] }
  const merged = typeof before === "object" && before !== null ? { ...before, ...own } : own
  return Object.keys(merged).length === 0 ? {} : { [metadataColumn]: merged }
}
