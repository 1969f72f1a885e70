/** Values as Arrow holds them in memory, turned into cells. */
import type * as Arrow from "apache-arrow"
import { exactInteger } from "../../../columns/exactInteger.ts"
import {
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
import { arrowType, ids, units } from "./arrowFields.ts"

/** The cell at a place of a column. */
export type CellAt = (index: number) => unknown

/**
 * The cells of a column of a type; `make` is Arrow's vector of a column, for the types that it
 * reads best itself.
 */
export const arrowCells = (data: Arrow.Data, cell: CellType, make: Make): CellAt => {
  const textAt = valuesOf(data, cell, make)
  const cellAt: CellAt =
    cell.kind === "json" ? (index) => jsonCell(textAt(index) as string) : textAt
  return data.nullCount === 0 || arrowType(data.type).typeId === ids.union
    ? cellAt
    : (index) => (data.getValid(index) ? cellAt(index) : null)
}

type Make = (data: Arrow.Data) => Arrow.Vector
type Numbers = Readonly<Record<number, number | bigint>>

const valuesOf = (data: Arrow.Data, cell: CellType, make: Make): CellAt => {
  const type = arrowType(data.type)
  const values = data.values as unknown as Numbers
  const big = (index: number): bigint => BigInt(values[index]!)
  const child = (at: number, of: CellType): CellAt => arrowCells(data.children[at]!, of, make)
  switch (type.typeId) {
    case ids.null:
      return () => null
    case ids.int:
      return type.bitWidth === 64
        ? (index) => exactInteger(values[index]!)
        : (index) => values[index]
    case ids.float:
      // Half floats are stored as whole numbers, which Arrow reads.
      return type.precision === 0
        ? read(data, make, (value) => floatCell(value as number))
        : (index) => floatCell(values[index] as number)
    case ids.utf8:
    case ids.largeUtf8:
      return bytesAt(data, (bytes, start, end) => bytes.toString("utf8", start, end))
    case ids.binary:
    case ids.largeBinary:
      return bytesAt(data, (bytes, start, end) => bytes.toString("base64", start, end))
    case ids.decimal:
      return (index) => decimalCell(littleEndian(data.values, index, data.stride), type.scale)
    case ids.date:
      return type.unit === 0
        ? (index) => dateCell(values[index] as number)
        : (index) => dateCell(Math.floor(Number(values[index]) / 86_400_000))
    case ids.time:
      return (index) => timeCell(big(index), units[type.unit]!)
    case ids.duration:
      return (index) => durationCell(big(index), units[type.unit]!)
    case ids.timestamp: {
      const utc = typeof type.timezone === "string" && type.timezone !== ""
      return (index) => timestampCell(big(index), units[type.unit]!, utc)
    }
    case ids.interval:
      return intervals(data, type.unit)
    case ids.list:
    case ids.largeList:
      return listed(child(0, itemOf(cell)), (index) => [
        Number((data.valueOffsets as unknown as Numbers)[index]),
        Number((data.valueOffsets as unknown as Numbers)[index + 1])
      ])
    case ids.fixedSizeList:
      return listed(child(0, itemOf(cell)), (index) => [
        index * data.stride,
        (index + 1) * data.stride
      ])
    case ids.struct: {
      const fields = type.children.map(
        ({ name }, at) =>
          [name, child(at, cell.kind === "struct" ? cell.fields[at]!.type : cell)] as const
      )
      return (index) => Object.fromEntries(fields.map(([name, cellAt]) => [name, cellAt(index)]))
    }
    case ids.map:
      return mapped(data, cell, make)
    case ids.dictionary: {
      const chunks = data.dictionary?.data ?? []
      const words = chunks.flatMap((chunk) => {
        const cellAt = arrowCells(chunk, cell, make)
        return Array.from({ length: chunk.length }, (_, index) => cellAt(index))
      })
      return (index) => words[Number(values[index])]
    }
    default:
      return read(data, make, (value) =>
        value instanceof Uint8Array
          ? bytesCell(value)
          : typeof value === "bigint"
            ? exactInteger(value)
            : (value ?? null)
      )
  }
}

const read = (
  data: Arrow.Data,
  make: (data: Arrow.Data) => Arrow.Vector,
  cell: (value: unknown) => unknown
): CellAt => {
  const vector = make(data)
  return (index) => cell(vector.get(index))
}

const bytesAt = (
  data: Arrow.Data,
  read: (bytes: Buffer, start: number, end: number) => string
): CellAt => {
  const { buffer, byteLength, byteOffset } = data.values as unknown as Uint8Array<ArrayBuffer>
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  const offsets = data.valueOffsets as unknown as Numbers
  return (index) => read(bytes, Number(offsets[index]), Number(offsets[index + 1]))
}

const listed =
  (item: CellAt, range: (index: number) => readonly [number, number]): CellAt =>
  (index) => {
    const [start, end] = range(index)
    return Array.from({ length: end - start }, (_, i) => item(start + i))
  }

const itemOf = (cell: CellType): CellType => (cell.kind === "list" ? cell.item : cell)

const mapped = (data: Arrow.Data, cell: CellType, make: Make): CellAt => {
  const [keys, values] = data.children[0]!.children
  const [keyType, valueType] = cell.kind === "map" ? [cell.key, cell.value] : [cell, cell]
  const [keyAt, valueAt] = [arrowCells(keys!, keyType, make), arrowCells(values!, valueType, make)]
  const offsets = data.valueOffsets as unknown as Numbers
  return (index) => {
    const entries: Array<readonly [unknown, unknown]> = []
    for (let at = Number(offsets[index]); at < Number(offsets[index + 1]); at++)
      entries.push([keyAt(at), valueAt(at)])
    return mapCell(entries)
  }
}

/** A whole number of 32-bit words, the least first, negative ones as two's complement. */
const littleEndian = (words: Uint32Array, index: number, stride: number): bigint => {
  let value = 0n
  for (let at = stride - 1; at >= 0; at--)
    value = (value << 32n) | BigInt(words[index * stride + at]!)
  return BigInt.asIntN(stride * 32, value)
}

const intervals = (data: Arrow.Data, unit: number): CellAt => {
  const words = data.values as unknown as Int32Array
  if (unit === 0) return (index) => intervalCell(words[index]!, 0, 0)
  if (unit === 1) return (index) => intervalCell(0, words[2 * index]!, words[2 * index + 1]!)
  const nanos = (index: number): bigint =>
    (BigInt(words[4 * index + 3]!) << 32n) | BigInt(words[4 * index + 2]! >>> 0)
  return (index) =>
    intervalCell(words[4 * index]!, words[4 * index + 1]!, Number(nanos(index)) / 1e6)
}
