/** Writing Arrow: a stream of record batches, as Python's `save_to_disk` has it. */
import type * as Arrow from "apache-arrow"
import { own } from "../../../columns/own.ts"
import { savedCell } from "../columns/savedCells.ts"
import { features } from "../columns/savedFeatures.ts"
import type { SavedField, SavedType } from "../columns/SavedType.ts"
import { ByteFile, type Shard } from "../columns/Shard.ts"
import { arrowPackage } from "./arrowPackage.ts"
import { builtCell, builtType, jsonExtension, storedType, typedData } from "./arrowStored.ts"

const rowsInBatch = 1000

/** Bytes of what ends a stream. */
const endOfStream = 8

/** Begins a file that holds an Arrow stream. */
export const arrowShard = async (
  path: string,
  fields: ReadonlyArray<SavedField>
): Promise<Shard> => {
  const arrow = await arrowPackage()
  const file = new ByteFile(path)
  const columns = fields.map(({ name, type }) => arrowField(arrow, name, type))
  // Arrow's builders round moments and refuse decimals: columns are built as the numbers that they are stored as.
  const struct = new arrow.Struct(
    fields.map(
      ({ name, type }) =>
        new arrow.Field(
          name,
          type.kind === "stored" ? builtType(arrow, type.type) : arrowType(arrow, type),
          true
        )
    )
  )
  const all = features(fields)
  const schema = new arrow.Schema(
    columns,
    all === undefined
      ? new Map()
      : new Map([["huggingface", JSON.stringify({ info: { features: all } })]])
  )
  const cells = fields.map(({ name, type }) => {
    const cell = savedCell(type)
    const built = type.kind === "stored" ? builtCell(type.type) : undefined
    return [name, built === undefined ? cell : (value: unknown) => built(cell(value))] as const
  })
  /** The schema's message, then the batches of one stream; the end only once. */
  const messages = (batches: ReadonlyArray<Arrow.RecordBatch>): Uint8Array => {
    const writer = new arrow.RecordBatchStreamWriter({ autoDestroy: false })
    writer.reset(undefined, schema)
    for (const batch of batches) writer.write(batch)
    writer.close()
    return writer.toUint8Array(true)
  }
  const head = messages([])
  file.write(head.subarray(0, head.length - endOfStream))
  return {
    write: (rows) => {
      for (let from = 0; from < rows.length; from += rowsInBatch) {
        const part = rows.slice(from, from + rowsInBatch)
        const builder = arrow.makeBuilder({ type: struct, nullValues: [null] })
        for (const row of part)
          builder.append(
            Object.fromEntries(cells.map(([name, cell]) => [name, cell(own(row, name))])) as never
          )
        const built = builder.finish().flush()
        const children = built.children.map((child, i) => typedData(child, columns[i]!.type))
        const batch = new arrow.RecordBatch(
          schema,
          arrow.makeData({
            type: new arrow.Struct(columns),
            length: part.length,
            nullCount: 0,
            children
          })
        )
        const stream = messages([batch])
        file.write(stream.subarray(head.length - endOfStream, stream.length - endOfStream))
      }
    },
    close: () => {
      file.write(head.subarray(head.length - endOfStream))
      return file.close()
    }
  }
}

/**
 * The message that begins a stream of such columns, in base64: what Arrow's writers leave in a
 * Parquet file.
 */
export const arrowSchema = async (fields: ReadonlyArray<SavedField>): Promise<string> => {
  const arrow = await arrowPackage()
  const writer = new arrow.RecordBatchStreamWriter({ autoDestroy: false })
  writer.reset(
    undefined,
    new arrow.Schema(fields.map(({ name, type }) => arrowField(arrow, name, type)))
  )
  writer.close()
  return Buffer.from(writer.toUint8Array(true)).subarray(0, -endOfStream).toString("base64")
}

const arrowField = (arrow: typeof Arrow, name: string, type: SavedType): Arrow.Field =>
  new arrow.Field(
    name,
    arrowType(arrow, type),
    true,
    type.kind === "json" || (type.kind === "stored" && type.type.kind === "json")
      ? jsonExtension
      : null
  )

const arrowType = (arrow: typeof Arrow, type: SavedType): Arrow.DataType => {
  switch (type.kind) {
    case "text":
    case "json":
    case "digits":
      return new arrow.Utf8()
    case "boolean":
      return new arrow.Bool()
    case "integer":
      return new arrow.Int64()
    case "float":
      return new arrow.Float64()
    case "bytes":
      return new arrow.Binary()
    case "moment":
      return new arrow.TimestampMillisecond("UTC")
    case "null":
      return new arrow.Null()
    case "stored":
      return storedType(arrow, type.type)
    case "list":
      return new arrow.List(arrowField(arrow, "item", type.item))
    case "struct":
      return new arrow.Struct(type.fields.map((field) => arrowField(arrow, field.name, field.type)))
  }
}
