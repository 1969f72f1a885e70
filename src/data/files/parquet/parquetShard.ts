/**
 * Writing Parquet: row groups that are compressed and written as soon as they are full, so that
 * memory holds one of them.
 */
import type { SchemaElement } from "hyparquet"
import { own } from "../../../columns/own.ts"
import type { Row } from "../../../columns/Row.ts"
import { arrowSchema } from "../arrow/arrowShard.ts"
import { savedCell } from "../columns/savedCells.ts"
import { features } from "../columns/savedFeatures.ts"
import type { SavedField, SavedType } from "../columns/SavedType.ts"
import { ByteFile, type Shard } from "../columns/Shard.ts"
import { asParquet, needsArrow, storedElements } from "./storedElements.ts"

/** As large as viewers like to read at once. */
const rowsInGroup = 2000
const bytesInGroup = 32e6

/** Begins a Parquet file. */
export const parquetShard = async (
  path: string,
  saved: ReadonlyArray<SavedField>
): Promise<Shard> => {
  const fields = saved.map((field): SavedField =>
    field.type.kind === "stored"
      ? { ...field, type: { kind: "stored", type: asParquet(field.type.type) } }
      : field
  )
  const { parquetGroups } = await import("./parquetGroups.ts")
  const file = new ByteFile(path)
  const groups = parquetGroups(
    [
      { name: "schema", num_children: fields.length },
      ...fields.flatMap(({ name, type }) => elements(name, type))
    ],
    [
      ...featuresMetadata(saved),
      ...(fields.some(({ type }) => type.kind === "stored" && needsArrow(type.type))
        ? [{ key: "ARROW:schema", value: await arrowSchema(fields) }]
        : [])
    ],
    (bytes) => file.write(bytes)
  )
  const cells = fields.map(({ name, type }) => ({ name, cell: savedCell(type) }))
  let group: Array<Row> = []
  let weight = 0
  const writeGroup = (): void => {
    if (group.length === 0) return
    const rows = group
    group = []
    weight = 0
    if (fields.length === 0) return
    groups.write(
      cells.map(({ cell, name }) => rows.map((row) => cell(own(row, name)))),
      rows.length
    )
  }
  return {
    write: (rows) => {
      for (const row of rows) {
        group.push(row)
        for (const name in row) weight += weightOf(row[name])
        if (group.length >= rowsInGroup || weight > bytesInGroup) writeGroup()
      }
    },
    close: () => {
      writeGroup()
      groups.finish()
      return file.close()
    }
  }
}

const featuresMetadata = (
  fields: ReadonlyArray<SavedField>
): Array<{ readonly key: string; readonly value: string }> => {
  const all = features(fields)
  return all === undefined
    ? []
    : [{ key: "huggingface", value: JSON.stringify({ info: { features: all } }) }]
}

/** About how many bytes a value takes. */
const weightOf = (value: unknown): number => {
  if (typeof value === "string") return value.length
  if (typeof value !== "object" || value === null) return 8
  if (ArrayBuffer.isView(value)) return value.byteLength
  let sum = 0
  for (const key in value) sum += weightOf((value as Row)[key])
  return sum
}

const leaves = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  json: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  digits: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  boolean: { type: "BOOLEAN" },
  integer: { type: "INT64" },
  float: { type: "DOUBLE" },
  bytes: { type: "BYTE_ARRAY" },
  moment: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" }
  },
  null: { type: "INT32", logical_type: { type: "NULL" } }
} as const satisfies Readonly<Record<string, Partial<SchemaElement>>>

/** The schema of a column, as Arrow's writers lay it out: everything may be null. */
const elements = (name: string, type: SavedType): ReadonlyArray<SchemaElement> => {
  const optional = { name, repetition_type: "OPTIONAL" } as const
  if (type.kind === "list") {
    return [
      { ...optional, num_children: 1, converted_type: "LIST", logical_type: { type: "LIST" } },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...elements("element", type.item)
    ]
  }
  if (type.kind === "struct")
    return [
      { ...optional, num_children: type.fields.length },
      ...type.fields.flatMap((field) => elements(field.name, field.type))
    ]
  return type.kind === "stored"
    ? storedElements(name, type.type)
    : [{ ...optional, ...leaves[type.kind] }]
}
