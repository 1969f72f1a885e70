/** Reading Arrow: streams and files of record batches, as Python's `save_to_disk` writes them. */
import { zstdDecompressSync } from "node:zlib"
import type * as Arrow from "apache-arrow"
import { setKey } from "../../../columns/own.ts"
import type { Row } from "../../../columns/Row.ts"
import type { ByteSource } from "../../rows/ByteSource.ts"
import type { Field } from "../../rows/cells.ts"
import { DataError } from "../../rows/DataError.ts"
import { featuresIn, withFeatures } from "../../rows/datasetFeatures.ts"
import { distinct, type RowFile, skipping } from "../../rows/RowFile.ts"
import { arrowCells, type CellAt } from "./arrowCells.ts"
import { arrowFields } from "./arrowFields.ts"
import { arrowPackage } from "./arrowPackage.ts"

/** Opens an Arrow file or stream: its schema is read, no row yet. */
export const openArrow = async (source: ByteSource): Promise<RowFile> => {
  const { close, reader } = await opened(source)
  const named = arrowFields(reader.schema.fields)
  const features = featuresIn(reader.schema.metadata.get("huggingface"))
  await close()
  const fields = withFeatures(distinct(source.name, named), features)
  return {
    name: source.name,
    fields,
    chunks: ({ columns: wanted, offset = 0 } = {}) =>
      skipping(rowsOf(source, fields, wanted), offset),
    close: async () => {}
  }
}

const rowsAtOnce = 1000

async function* rowsOf(
  source: ByteSource,
  fields: ReadonlyArray<Field>,
  wanted: ReadonlyArray<string> | undefined
): AsyncGenerator<ReadonlyArray<Row>> {
  const { Vector } = await arrowPackage()
  const { close, reader } = await opened(source)
  try {
    for (;;) {
      const next = await told(source.name, () => reader.next())
      if (next.done === true) return
      const batch: Arrow.RecordBatch = next.value
      // What stands for a stream without batches has no columns to speak of.
      if (batch.numRows === 0) continue
      const columns = batch.schema.fields.flatMap(
        ({ name }, i): ReadonlyArray<readonly [string, CellAt]> => {
          const data = batch.data.children[i]
          return data === undefined || (wanted !== undefined && !wanted.includes(name))
            ? []
            : [[name, arrowCells(data, fields[i]!.type, (column) => new Vector([column]))]]
        }
      )
      for (let from = 0; from < batch.numRows; from += rowsAtOnce) {
        yield Array.from({ length: Math.min(rowsAtOnce, batch.numRows - from) }, (_, i) => {
          const row: Record<string, unknown> = {}
          for (const [name, cellAt] of columns) setKey(row, name, cellAt(from + i))
          return row
        })
      }
    }
  } finally {
    await close()
  }
}

interface Reader {
  readonly reader: Arrow.AsyncRecordBatchStreamReader
  readonly close: () => Promise<void>
}

const opened = async (source: ByteSource): Promise<Reader> => {
  const { compressionRegistry, CompressionType, RecordBatchReader } = await arrowPackage()
  const { decompressLz4Frame } = await import("./lz4Frame.ts")
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => zstdDecompressSync(data) })
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressLz4Frame })
  return told(source.name, async () => {
    const file = await asFile(source)
    const stream = source.stream()[Symbol.asyncIterator]()
    const found =
      file === undefined
        ? await RecordBatchReader.from({ [Symbol.asyncIterator]: () => stream })
        : await RecordBatchReader.from(file as unknown as PromiseLike<never>)
    const reader = found as Arrow.AsyncRecordBatchStreamReader
    const close = async (): Promise<void> => {
      await reader.cancel()
      // The reader forgets to say that it wants no more.
      await stream.return?.()
    }
    await reader.open({ autoDestroy: true })
    if ((reader.schema as Arrow.Schema | undefined) !== undefined) return { reader, close }
    await close()
    throw new Error("it holds no schema")
  })
}

const fileMagic = "ARROW1"

/**
 * What Arrow takes for a file of Node's, if the source is a file of record batches rather than a
 * stream of them: its end says where they are.
 */
const asFile = async (source: ByteSource): Promise<unknown> => {
  const { close, size, slice } = await source.pieces()
  const begins = Buffer.from(await slice(0, Math.min(size, fileMagic.length))).toString("latin1")
  if (begins !== fileMagic) {
    await close()
    return undefined
  }
  return {
    fd: -1,
    stat: async () => ({ size }),
    read: async (buffer: Uint8Array, at: number, length: number, position: number) => {
      const piece = await slice(position, Math.min(size, position + length))
      buffer.set(piece, at)
      return { bytesRead: piece.length, buffer }
    },
    close
  }
}

const told = async <A>(name: string, read: () => Promise<A>): Promise<A> => {
  try {
    return await read()
  } catch (thrown) {
    if (thrown instanceof DataError) throw thrown
    const [, unread] = /Unrecognized type: "(\w+)"/.exec((thrown as Error).message) ?? []
    if (unread !== undefined)
      throw new DataError({
        action: "read",
        path: name,
        detail: `Arrow type ${unread} cannot be read. ${advice[unread] ?? "Cast the column to another type"} and write the file again.`
      })
    throw new DataError({
      action: "read",
      path: name,
      detail: `the Arrow data is damaged or cut off: ${(thrown as Error).message}. Get the file again.`
    })
  }
}

const advice: Readonly<Record<string, string>> = {
  ListView: "Cast the column to list",
  LargeListView: "Cast the column to large_list",
  RunEndEncoded: "Decode the column to its values' type"
}
