/**
 * The Arrow schema that Arrow's writers leave in a Parquet file: it knows spans of time and time
 * zones, which Parquet does not.
 */
import type { CellType, Field } from "../../rows/cells.ts"
import { arrowFields } from "./arrowFields.ts"

/** The columns with what the schema, in base64, knows better. */
export const withArrowTypes = async (
  fields: ReadonlyArray<Field>,
  schema: string | undefined
): Promise<ReadonlyArray<Field>> => {
  if (schema === undefined || !fields.some(({ type }) => isVague(type))) return fields
  const { RecordBatchReader } = await import("apache-arrow")
  let known: ReadonlyArray<Field>
  try {
    const reader = RecordBatchReader.from(Buffer.from(schema, "base64"))
    reader.open()
    known = arrowFields(reader.schema.fields)
  } catch {
    // The file's own schema is enough to read it.
    return fields
  }
  return fields.map((field) => {
    const better = known.find(({ name }) => name === field.name)
    return better === undefined ? field : { ...field, type: merged(field.type, better.type) }
  })
}

const isVague = (type: CellType): boolean => {
  switch (type.kind) {
    case "integer":
      return type.signed !== false
    case "timestamp":
      return type.utc
    case "list":
      return isVague(type.item)
    case "struct":
      return type.fields.some((field) => isVague(field.type))
    default:
      return false
  }
}

const merged = (type: CellType, better: CellType): CellType => {
  if (type.kind === "integer" && better.kind === "duration") return better
  if (type.kind === "timestamp" && better.kind === "timestamp" && type.utc)
    return { ...type, zone: better.zone }
  if (type.kind === "list" && better.kind === "list")
    return { ...type, item: merged(type.item, better.item) }
  if (type.kind !== "struct" || better.kind !== "struct") return type
  return {
    ...type,
    fields: type.fields.map((field, i) => ({
      ...field,
      type: better.fields[i] === undefined ? field.type : merged(field.type, better.fields[i].type)
    }))
  }
}
