/** The Parquet schema of columns that keep the type of the file they came from. */
import type { SchemaElement } from "hyparquet"
import type { CellType, TimeUnit } from "../../rows/cells.ts"

type Leaf = Partial<SchemaElement>

/** The schema of a column, as Arrow's writers lay it out: everything may be null. */
export const storedElements = (
  name: string,
  type: CellType,
  repetition: "OPTIONAL" | "REQUIRED" = "OPTIONAL"
): ReadonlyArray<SchemaElement> => {
  const begin = { name, repetition_type: repetition } as const
  switch (type.kind) {
    case "list":
      return [
        { ...begin, num_children: 1, converted_type: "LIST", logical_type: { type: "LIST" } },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        ...storedElements("element", type.item)
      ]
    case "struct":
      return [
        { ...begin, num_children: type.fields.length },
        ...type.fields.flatMap((field) => storedElements(field.name, field.type))
      ]
    case "map":
      return [
        { ...begin, num_children: 1, converted_type: "MAP", logical_type: { type: "MAP" } },
        { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
        ...storedElements("key", type.key, "REQUIRED"),
        ...storedElements("value", type.value)
      ]
    default:
      return [{ ...begin, ...leaf(type) }]
  }
}

/** The type as Parquet has it, which counts no seconds. */
export const asParquet = (type: CellType): CellType => {
  switch (type.kind) {
    case "timestamp":
    case "time":
      return type.unit === "s" ? { ...type, unit: "ms" } : type
    case "list":
      return { ...type, item: asParquet(type.item) }
    case "struct":
      return {
        ...type,
        fields: type.fields.map((field) => ({ ...field, type: asParquet(field.type) }))
      }
    case "map":
      return { ...type, value: asParquet(type.value) }
    default:
      return type
  }
}

/**
 * Whether only an Arrow schema says all of the type: Parquet has no spans of time, no days in
 * milliseconds, no time zone but UTC, and no lists of one length.
 */
export const needsArrow = (type: CellType): boolean => {
  switch (type.kind) {
    case "duration":
      return true
    case "date":
      return type.unit === "ms"
    case "timestamp":
      return type.utc && type.zone !== undefined && type.zone !== "UTC"
    case "list":
      return type.length !== undefined || needsArrow(type.item)
    case "struct":
      return type.fields.some((field) => needsArrow(field.type))
    default:
      return false
  }
}

const units = { s: "MILLIS", ms: "MILLIS", us: "MICROS", ns: "NANOS" } as const satisfies Readonly<
  Record<TimeUnit, string>
>

const leaf = (type: CellType): Leaf => {
  switch (type.kind) {
    case "boolean":
      return { type: "BOOLEAN" }
    case "small":
    case "integer": {
      const { signed = true } = type
      const bits = type.kind === "integer" ? 64 : ((type.bits ?? 32) as 8 | 16 | 32)
      const physical = bits === 64 ? "INT64" : "INT32"
      return signed && bits >= 32
        ? { type: physical }
        : { type: physical, converted_type: `${signed ? "" : "U"}INT_${bits}` }
    }
    case "float":
      return { type: type.bits === 32 ? "FLOAT" : "DOUBLE" }
    case "bytes":
      return type.length === undefined
        ? { type: "BYTE_ARRAY" }
        : { type: "FIXED_LEN_BYTE_ARRAY", type_length: type.length }
    case "half":
      return { type: "FIXED_LEN_BYTE_ARRAY", type_length: 2, logical_type: { type: "FLOAT16" } }
    case "uuid":
      return { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, logical_type: { type: "UUID" } }
    case "date":
      return { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } }
    case "decimal":
      return decimal(type.precision, type.scale)
    case "timestamp":
      return {
        type: "INT64",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: type.utc, unit: units[type.unit] }
      }
    case "time":
      return units[type.unit] === "MILLIS"
        ? {
            type: "INT32",
            converted_type: "TIME_MILLIS",
            logical_type: { type: "TIME", isAdjustedToUTC: false, unit: "MILLIS" }
          }
        : {
            type: "INT64",
            logical_type: { type: "TIME", isAdjustedToUTC: false, unit: units[type.unit] }
          }
    // Parquet has no spans of time: Arrow's writers store them as integers too.
    case "duration":
      return { type: "INT64" }
    default:
      return { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }
  }
}

const decimal = (precision: number, scale: number): Leaf => {
  const said = {
    converted_type: "DECIMAL",
    precision,
    scale,
    logical_type: { type: "DECIMAL", precision, scale }
  } as const
  if (precision <= 9) return { type: "INT32", ...said }
  if (precision <= 18) return { type: "INT64", ...said }
  return {
    type: "FIXED_LEN_BYTE_ARRAY",
    type_length: Math.ceil((precision * Math.log2(10) + 1) / 8),
    ...said
  }
}
