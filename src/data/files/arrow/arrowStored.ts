/**
 * Arrow columns that keep the type of the file they came from: built as the plain numbers and bytes
 * that they are stored as, then given their type.
 */
import type * as Arrow from "apache-arrow"
import type { CellType, TimeUnit } from "../../rows/cells.ts"

type Library = typeof Arrow

/** What makes a text JSON to Arrow. */
export const jsonExtension: Map<string, string> = new Map([
  ["ARROW:extension:name", "arrow.json"],
  ["ARROW:extension:metadata", ""]
])

const units: Readonly<Record<TimeUnit, number>> = { s: 0, ms: 1, us: 2, ns: 3 }

/** The type of the column. */
export const storedType = (arrow: Library, type: CellType): Arrow.DataType =>
  typed(arrow, type, "stored")

/** The type that its values are built as. */
export const builtType = (arrow: Library, type: CellType): Arrow.DataType =>
  typed(arrow, type, "built")

const typed = (arrow: Library, type: CellType, as: "stored" | "built"): Arrow.DataType => {
  const nested = (name: string, of: CellType, nullable = true): Arrow.Field =>
    new arrow.Field(name, typed(arrow, of, as), nullable, of.kind === "json" ? jsonExtension : null)
  const built = as === "built"
  switch (type.kind) {
    case "boolean":
      return new arrow.Bool()
    case "small":
      return new arrow.Int(type.signed ?? true, (type.bits ?? 32) as 32)
    case "integer":
      return new arrow.Int(type.signed ?? true, 64)
    case "float":
      return type.bits === 32 ? new arrow.Float32() : new arrow.Float64()
    case "bytes":
      return type.length === undefined ? new arrow.Binary() : new arrow.FixedSizeBinary(type.length)
    case "uuid":
      return new arrow.FixedSizeBinary(16)
    case "half":
      return new arrow.Float16()
    case "date":
      if (type.unit === "ms") return built ? new arrow.Int64() : new arrow.DateMillisecond()
      return built ? new arrow.Int32() : new arrow.DateDay()
    case "decimal":
      return built
        ? new arrow.FixedSizeBinary(16)
        : new arrow.Decimal(type.scale, type.precision, 128)
    case "timestamp":
      return built
        ? new arrow.Int64()
        : new arrow.Timestamp(units[type.unit], type.utc ? (type.zone ?? "UTC") : null)
    case "time":
      return type.unit === "s" || type.unit === "ms"
        ? built
          ? new arrow.Int32()
          : new arrow.Time(units[type.unit], 32)
        : built
          ? new arrow.Int64()
          : new arrow.Time(units[type.unit], 64)
    case "duration":
      return built ? new arrow.Int64() : new arrow.Duration(units[type.unit])
    case "list":
      return type.length === undefined
        ? new arrow.List(nested("item", type.item))
        : new arrow.FixedSizeList(type.length, nested("item", type.item))
    case "struct":
      return new arrow.Struct(type.fields.map((field) => nested(field.name, field.type)))
    case "map": {
      const entries = new arrow.Field(
        "entries",
        new arrow.Struct<Arrow.TypeMap>([
          nested("key", type.key, false),
          nested("value", type.value)
        ]),
        false
      )
      return built ? new arrow.List(entries) : new arrow.Map_(entries as never)
    }
    default:
      return new arrow.Utf8()
  }
}

/** The data under another type that is stored in the same way. */
export const typedData = (data: Arrow.Data, type: Arrow.DataType): Arrow.Data => {
  const types = (type.children ?? []) as ReadonlyArray<Arrow.Field>
  const children = data.children.map((child, i) => typedData(child, types[i]?.type ?? child.type))
  const { buffers, length, nullCount, offset } = data
  const typedBuffers = isDecimal(type)
    ? { ...buffers, 1: words(buffers[1] as Uint8Array) }
    : buffers
  return data.clone(type, offset, length, nullCount, typedBuffers, children)
}

const decimalId = 7
const isDecimal = (type: Arrow.DataType): boolean => (type.typeId as number) === decimalId

const words = (bytes: Uint8Array): Uint32Array => {
  const { buffer, byteLength, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  return new Uint32Array(buffer, byteOffset, byteLength >> 2)
}

const millisecondsOfDay = 86_400_000n

/** What the builders take of a stored value, where it is not the value itself. */
export const builtCell = (type: CellType): ((value: unknown) => unknown) | undefined => {
  const unlessNull =
    (convert: (value: never) => unknown) =>
    (value: unknown): unknown =>
      value === null ? null : convert(value as never)
  switch (type.kind) {
    case "decimal":
      return unlessNull(littleEndian)
    case "date":
      return type.unit === "ms"
        ? unlessNull((days: number) => BigInt(days) * millisecondsOfDay)
        : undefined
    case "list": {
      const item = builtCell(type.item)
      return item === undefined
        ? undefined
        : unlessNull((items: ReadonlyArray<unknown>) => items.map(item))
    }
    case "struct": {
      const fields = type.fields.map((field) => [field.name, builtCell(field.type)] as const)
      return fields.every(([, cell]) => cell === undefined)
        ? undefined
        : unlessNull((record: Readonly<Record<string, unknown>>) =>
            Object.fromEntries(
              fields.map(([name, cell]) => [
                name,
                cell === undefined ? record[name] : cell(record[name])
              ])
            )
          )
    }
    case "map": {
      const cell = builtCell(type.value)
      return cell === undefined
        ? undefined
        : unlessNull((entries: ReadonlyArray<{ readonly key: unknown; readonly value: unknown }>) =>
            entries.map(({ key, value }) => ({ key, value: cell(value) }))
          )
    }
    default:
      return undefined
  }
}

/** A decimal's sixteen bytes, the least first, negative ones as two's complement. */
const littleEndian = (unscaled: bigint): Uint8Array => {
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt.asUintN(64, unscaled), true)
  view.setBigUint64(8, BigInt.asUintN(64, unscaled >> 64n), true)
  return bytes
}
