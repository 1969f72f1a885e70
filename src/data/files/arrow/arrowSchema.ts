/**
 * The Arrow schema that Arrow's writers leave in a Parquet file: it knows spans of time and time
 * zones, which Parquet does not.
 */
import type { CellType, Field } from "../../rows/cells.ts"
import { ids, listOf, units } from "./arrowFields.ts"
import { FlatTable } from "./FlatTable.ts"

/** The columns with what the schema, in base64, knows better. */
export const withArrowTypes = (
  fields: ReadonlyArray<Field>,
  schema: string | undefined
): ReadonlyArray<Field> => {
  if (schema === undefined || !fields.some(({ type }) => isVague(type))) return fields
  let known: ReadonlyArray<Field>
  try {
    known = fieldsIn(Buffer.from(schema, "base64"))
  } catch {
    // The file's own schema is enough to read it.
    return fields
  }
  return fields.map((field) => {
    const better = known.find(({ name }) => name === field.name)
    return better === undefined ? field : { ...field, type: merged(field.type, better.type) }
  })
}

/** The numbers of fields in Arrow's tables, as its Message.fbs and Schema.fbs count them. */
const message = { header: 2 } as const
const schemaTable = { fields: 1 } as const
const fieldTable = { name: 0, typeId: 2, type: 3, children: 5 } as const
const temporal = { unit: 0, zone: 1 } as const
const fixedSizeList = { length: 0 } as const

/** The fields of a message with a schema. */
const fieldsIn = (bytes: Buffer): ReadonlyArray<Field> => {
  // Before the message stands its length, and before that, in all but the oldest, a mark.
  const begin = bytes.readUInt32LE(0) === 0xff_ff_ff_ff ? 8 : 4
  const schema = FlatTable.root(bytes.subarray(begin)).table(message.header)
  return (schema?.tables(schemaTable.fields) ?? []).map(fieldOf)
}

const fieldOf = (field: FlatTable): Field => ({
  name: field.text(fieldTable.name) ?? "",
  type: typeOf(field)
})

/** A type, if it is one of which Arrow may know more than Parquet does. */
const typeOf = (field: FlatTable): CellType => {
  const type = field.table(fieldTable.type)
  const children = field.tables(fieldTable.children)
  switch (field.byte(fieldTable.typeId)) {
    case ids.duration:
      // Left out, the unit is the milliseconds of the format's definition.
      return { kind: "duration", unit: units[type?.short(temporal.unit, 1) ?? 1]! }
    case ids.timestamp: {
      const zone = type?.text(temporal.zone)
      return {
        kind: "timestamp",
        unit: units[type?.short(temporal.unit) ?? 0]!,
        utc: zone !== undefined && zone !== "",
        zone
      }
    }
    case ids.date:
      // Left out, the unit is the milliseconds of the format's definition.
      return type?.short(temporal.unit, 1) === 0 ? { kind: "date" } : { kind: "date", unit: "ms" }
    case ids.list:
    case ids.largeList:
      return { kind: "list", item: typeOf(children[0]!) }
    case ids.fixedSizeList:
      return listOf(typeOf(children[0]!), type?.int(fixedSizeList.length) ?? 0)
    case ids.struct:
      return { kind: "struct", fields: children.map(fieldOf) }
    default:
      return { kind: "any" }
  }
}

const isVague = (type: CellType): boolean => {
  switch (type.kind) {
    case "integer":
      return type.signed !== false
    case "timestamp":
      return type.utc
    case "date":
    case "list":
      return true
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
  if (type.kind === "date" && better.kind === "date") return better
  if (type.kind === "list" && better.kind === "list")
    return {
      ...type,
      item: merged(type.item, better.item),
      ...(better.length === undefined ? {} : { length: better.length })
    }
  if (type.kind !== "struct" || better.kind !== "struct") return type
  return {
    ...type,
    fields: type.fields.map((field, i) => ({
      ...field,
      type: better.fields[i] === undefined ? field.type : merged(field.type, better.fields[i].type)
    }))
  }
}
