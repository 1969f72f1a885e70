/**
 * The columns of a Parquet file: their types in our words, and the file's own schema with nothing
 * in it that its reader would round or refuse.
 */
import type { FileMetaData, SchemaElement } from "hyparquet"
import type { CellType, Field, TimeUnit } from "../../rows/cells.ts"
import { featuresIn, withFeatures } from "../../rows/datasetFeatures.ts"

/** A node of the schema, with those below it. */
interface Node {
  readonly element: SchemaElement
  readonly children: ReadonlyArray<Node>
}

/** The columns of a file. */
export const parquetFields = (metadata: FileMetaData): ReadonlyArray<Field> =>
  withFeatures(
    treeOf(metadata.schema).children.map((node) => ({
      name: node.element.name,
      type: fieldType(node)
    })),
    featuresIn(metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value)
  )

const treeOf = (elements: ReadonlyArray<SchemaElement>): Node => {
  let at = 0
  const next = (): Node => {
    const element = elements[at++]!
    const children: Array<Node> = []
    for (let i = 0; i < (element.num_children ?? 0); i++) children.push(next())
    return { element, children }
  }
  return next()
}

/** A repeated field outside of a list is a list of its own. */
const fieldType = (node: Node): CellType => {
  const type = typeOf(node)
  return node.element.repetition_type === "REPEATED" ? { kind: "list", item: type } : type
}

const typeOf = (node: Node): CellType => {
  const { children, element } = node
  if (children.length === 0) return leafType(element)
  const [only] = children
  const { converted_type: converted, logical_type: logical } = element
  if (logical?.type === "VARIANT") return { kind: "any" }
  if ((converted === "LIST" || logical?.type === "LIST") && only !== undefined) {
    return {
      kind: "list",
      item:
        only.children.length === 1
          ? fieldType(only.children[0]!)
          : only.children.length === 0
            ? leafType(only.element)
            : typeOf(only)
    }
  }
  if (
    (converted === "MAP" || converted === "MAP_KEY_VALUE" || logical?.type === "MAP") &&
    only?.children.length === 2
  ) {
    return { kind: "map", key: fieldType(only.children[0]!), value: fieldType(only.children[1]!) }
  }
  return {
    kind: "struct",
    fields: children.map((child) => ({ name: child.element.name, type: fieldType(child) }))
  }
}

const unitOf = { MILLIS: "ms", MICROS: "us", NANOS: "ns" } as const satisfies Readonly<
  Record<string, TimeUnit>
>

const leafType = (element: SchemaElement): CellType => {
  const { converted_type: converted, logical_type: logical, type } = element
  switch (logical?.type) {
    case "STRING":
    case "ENUM":
    case "JSON":
      return { kind: "text" }
    case "NULL":
      return { kind: "null" }
    case "UUID":
      return { kind: "uuid" }
    case "FLOAT16":
      return { kind: "half" }
    case "DATE":
      return { kind: "date" }
    case "DECIMAL":
      return { kind: "decimal", scale: logical.scale, precision: logical.precision }
    case "TIMESTAMP":
      return { kind: "timestamp", unit: unitOf[logical.unit], utc: logical.isAdjustedToUTC }
    case "TIME":
      return { kind: "time", unit: unitOf[logical.unit] }
  }
  switch (converted) {
    case "UTF8":
    case "ENUM":
    case "JSON":
      return { kind: "text" }
    case "DATE":
      return { kind: "date" }
    case "DECIMAL":
      return { kind: "decimal", scale: element.scale ?? 0, precision: element.precision ?? 38 }
    case "TIMESTAMP_MILLIS":
      return { kind: "timestamp", unit: "ms", utc: true }
    case "TIMESTAMP_MICROS":
      return { kind: "timestamp", unit: "us", utc: true }
    case "TIME_MILLIS":
      return { kind: "time", unit: "ms" }
    case "TIME_MICROS":
      return { kind: "time", unit: "us" }
    case "INTERVAL":
      return { kind: "interval" }
  }
  switch (type) {
    case "BOOLEAN":
      return { kind: "boolean" }
    case "INT32": {
      const { bits, signed } = integerOf(element)
      return { kind: "small", bits, signed }
    }
    case "INT64":
      return { kind: "integer", signed: integerOf(element).signed }
    case "INT96":
      return { kind: "timestamp", unit: "ns", utc: false }
    case "FLOAT":
    case "DOUBLE":
      return { kind: "float", bits: type === "FLOAT" ? 32 : 64 }
    default:
      return {
        kind: "bytes",
        length: type === "FIXED_LEN_BYTE_ARRAY" ? element.type_length : undefined
      }
  }
}

const integerOf = ({
  converted_type: converted,
  logical_type: logical
}: SchemaElement): { readonly bits: number; readonly signed: boolean } => {
  if (logical?.type === "INTEGER") return { bits: logical.bitWidth, signed: logical.isSigned }
  const [, unsigned, bits] = /^(U?)INT_(\d+)$/.exec(converted ?? "") ?? []
  return { bits: bits === undefined ? 32 : Number(bits), signed: unsigned !== "U" }
}

/** Types whose values we want as they are stored. */
const stored = new Set<string | undefined>([
  "DECIMAL",
  "DATE",
  "TIME_MILLIS",
  "TIME_MICROS",
  "TIMESTAMP_MILLIS",
  "TIMESTAMP_MICROS",
  "INTERVAL",
  "BSON"
])
const storedLogical = new Set<string | undefined>([
  "DECIMAL",
  "DATE",
  "TIME",
  "TIMESTAMP",
  "INTERVAL",
  "FLOAT16",
  "BSON",
  "GEOMETRY",
  "GEOGRAPHY"
])
const texts = new Set<string | undefined>(["ENUM", "JSON"])
/**
 * An object, as the reader makes it of a map, would keep one of several entries with the same key:
 * entries come as a list.
 */
const maps = new Set<string | undefined>(["MAP", "MAP_KEY_VALUE"])

/** The same file, whose reader gives texts as text and all else as it is stored. */
export const asStored = (metadata: FileMetaData): FileMetaData => ({
  ...metadata,
  schema: metadata.schema.map((element) => {
    const { converted_type: converted, logical_type: logical, ...rest } = element
    if (texts.has(converted) || texts.has(logical?.type)) return { ...rest, converted_type: "UTF8" }
    return {
      ...rest,
      ...(converted === undefined || stored.has(converted) || maps.has(converted)
        ? {}
        : { converted_type: converted }),
      ...(logical === undefined || storedLogical.has(logical.type) || maps.has(logical.type)
        ? {}
        : { logical_type: logical })
    }
  })
})
