/** Values as Parquet stores them, turned into cells. */
import { exactInteger } from "../../../columns/exactInteger.ts"
import { own, setKey } from "../../../columns/own.ts"
import type { Row } from "../../../columns/Row.ts"
import {
  bigEndian,
  bytesCell,
  type CellType,
  dateCell,
  decimalCell,
  durationCell,
  floatCell,
  intervalCell,
  jsonCell,
  mapCell,
  timeCell,
  timestampCell
} from "../../rows/cells.ts"

type Convert = (value: unknown) => unknown

/** Makes cells of the values of a type. */
export const parquetCells = (type: CellType): Convert => {
  const convert = converter(type)
  return convert === undefined
    ? (value) => value ?? null
    : (value) => (value === null || value === undefined ? null : convert(value))
}

const converter = (type: CellType): Convert | undefined => {
  switch (type.kind) {
    case "text":
      return (value) => (typeof value === "string" ? value : decoder.decode(value as Uint8Array))
    case "json":
      return (value) =>
        jsonCell(typeof value === "string" ? value : decoder.decode(value as Uint8Array))
    case "integer":
      return (value) => exactInteger(value as bigint)
    case "float":
      return (value) => floatCell(value as number)
    case "half":
      return (value) => floatCell(halfFloat(value as Uint8Array))
    case "bytes":
      return (value) => bytesCell(value as Uint8Array)
    case "date":
      return (value) => dateCell(value as number)
    case "decimal":
      return (value) =>
        decimalCell(
          value instanceof Uint8Array ? bigEndian(value) : BigInt(value as number | bigint),
          type.scale
        )
    case "timestamp":
      return (value) => timestampCell(BigInt(value as number | bigint), type.unit, type.utc)
    case "time":
      return (value) => timeCell(BigInt(value as number | bigint), type.unit)
    case "duration":
      return (value) => durationCell(BigInt(value as number | bigint), type.unit)
    case "interval":
      return (value) => interval(value as Uint8Array)
    case "null":
      return () => null
    case "any":
      return plainValue
    case "list":
      return list(parquetCells(type.item))
    case "struct":
      return struct(
        type.fields.map(({ name, type: field }) => [name, parquetCells(field)] as const)
      )
    case "map":
      return map(parquetCells(type.key), parquetCells(type.value))
    default:
      return undefined
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const list =
  (convert: Convert): Convert =>
  (value) =>
    Array.from(value as ArrayLike<unknown>, convert)

const struct =
  (fields: ReadonlyArray<readonly [string, Convert]>): Convert =>
  (value) => {
    const cells: Record<string, unknown> = {}
    for (const [name, convert] of fields) setKey(cells, name, convert(own(value as Row, name)))
    return cells
  }

/** A map is an object that holds its entries in a list. */
const map =
  (keyOf: Convert, valueOf: Convert): Convert =>
  (value) => {
    const [entries] = Object.values(value as Row) as ReadonlyArray<
      ReadonlyArray<Row> | null | undefined
    >
    return mapCell(
      (entries ?? []).map((entry) => {
        const [key, held] = Object.values(entry)
        return [keyOf(key), valueOf(held)]
      })
    )
  }

const halfFloat = (bytes: Uint8Array): number => {
  const bits = bytes[0]! | (bytes[1]! << 8)
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 0x1f
  const fraction = (bits & 0x3ff) / 1024
  if (exponent === 0) return sign * 2 ** -14 * fraction
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * 2 ** (exponent - 15) * (1 + fraction)
}

const interval = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return intervalCell(view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true))
}

/** A value of a column that holds values of any type, each told by itself. */
const plainValue: Convert = (value) => {
  if (typeof value === "bigint") return exactInteger(value)
  if (typeof value === "number") return floatCell(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return bytesCell(value)
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, plainValue(held)]))
  return value ?? null
}
