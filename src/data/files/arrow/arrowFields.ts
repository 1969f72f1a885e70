/** The columns of an Arrow schema, with their types in our words. */
import type * as Arrow from "apache-arrow"
import type { CellType, Field, TimeUnit } from "../../rows/cells.ts"

/** The numbers by which Arrow's format knows its types. */
export const ids = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedSizeBinary: 15,
  fixedSizeList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  binaryView: 23,
  utf8View: 24,
  dictionary: -1
} as const

/** What the types of Arrow have, each of them some of it. */
export interface ArrowType {
  readonly typeId: number
  readonly bitWidth: number
  readonly byteWidth: number
  readonly listSize: number
  readonly isSigned: boolean
  readonly precision: number
  readonly scale: number
  readonly unit: number
  readonly timezone?: string | null
  readonly children: ReadonlyArray<Arrow.Field>
  readonly dictionary: Arrow.DataType
}

/** The one seam to Arrow's types, whose classes are generic in each other. */
export const arrowType = (type: Arrow.DataType): ArrowType => type as unknown as ArrowType

export const units: ReadonlyArray<TimeUnit> = ["s", "ms", "us", "ns"]

export const arrowFields = (fields: ReadonlyArray<Arrow.Field>): ReadonlyArray<Field> =>
  fields.map(({ name, type }) => ({ name, type: typeOf(type) }))

const typeOf = (given: Arrow.DataType): CellType => {
  const type = arrowType(given)
  const item = (): CellType => typeOf(type.children[0]!.type)
  switch (type.typeId) {
    case ids.null:
      return { kind: "null" }
    case ids.int:
      return type.bitWidth === 64
        ? { kind: "integer", signed: type.isSigned }
        : { kind: "small", bits: type.bitWidth, signed: type.isSigned }
    case ids.float:
      return type.precision === 0
        ? { kind: "half" }
        : { kind: "float", bits: type.precision === 1 ? 32 : 64 }
    case ids.utf8:
    case ids.largeUtf8:
    case ids.utf8View:
      return { kind: "text" }
    case ids.bool:
      return { kind: "boolean" }
    case ids.decimal:
      return { kind: "decimal", scale: type.scale, precision: type.precision }
    case ids.date:
      return type.unit === 0 ? { kind: "date" } : { kind: "date", unit: "ms" }
    case ids.time:
    case ids.duration:
      return { kind: type.typeId === ids.time ? "time" : "duration", unit: units[type.unit]! }
    case ids.timestamp:
      return {
        kind: "timestamp",
        unit: units[type.unit]!,
        utc: typeof type.timezone === "string" && type.timezone !== "",
        zone: type.timezone ?? undefined
      }
    case ids.interval:
      return { kind: "interval" }
    case ids.list:
    case ids.largeList:
      return { kind: "list", item: item() }
    case ids.fixedSizeList:
      return listOf(item(), type.listSize)
    case ids.struct:
      return { kind: "struct", fields: arrowFields(type.children) }
    case ids.map: {
      const [key, value] = arrowType(type.children[0]!.type).children
      return { kind: "map", key: typeOf(key!.type), value: typeOf(value!.type) }
    }
    case ids.dictionary:
      return typeOf(type.dictionary)
    case ids.union:
      return { kind: "any" }
    case ids.fixedSizeBinary:
      return { kind: "bytes", length: type.byteWidth }
    default:
      return { kind: "bytes" }
  }
}

/** A list of one length. Python's `datasets` has no word for such lists of objects. */
export const listOf = (item: CellType, length: number): CellType =>
  item.kind === "struct" ? { kind: "list", item } : { kind: "list", item, length }
