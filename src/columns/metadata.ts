/**
 * The column `distilabel_metadata`: what tasks tell of how a row came about, merged where rows
 * meet.
 */
import type { Row } from "./Row.ts"

export const metadataColumn = "distilabel_metadata"

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
