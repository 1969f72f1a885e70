/** Reading Arrow: streams and files of record batches, as Python's `save_to_disk` writes them. */
import { zstdDecompressSync } from "node:zlib"
import type * as Arrow from "apache-arrow"
import type { Row } from "../../columns/Row.ts"
import type { ByteSource } from "../ByteSource.ts"
import { DataError } from "../DataError.ts"
import { type RowFile, skipping } from "../RowFile.ts"
import { arrowCells, type CellAt } from "./arrowCells.ts"
import { arrowFields } from "./arrowFields.ts"

/** Opens an Arrow file or stream: its schema is read, no row yet. */
export const openArrow = async (source: ByteSource): Promise<RowFile> => {
  const reader = await opened(source)
  const fields = arrowFields(reader.schema.fields)
  await reader.cancel()
  return {
    name: source.name,
    fields,
    chunks: ({ columns: wanted, offset = 0 } = {}) => skipping(rowsOf(source, wanted), offset),
    close: async () => {}
  }
}

const rowsAtOnce = 1000

async function* rowsOf(source: ByteSource, wanted: ReadonlyArray<string> | undefined): AsyncGenerator<ReadonlyArray<Row>> {
  const { Vector } = await import("apache-arrow")
  const reader = await opened(source)
  try {
    for (;;) {
      const next = await told(source.name, () => reader.next())
      if (next.done === true) return
      const batch: Arrow.RecordBatch = next.value
      const columns = batch.schema.fields.flatMap(({ name }, i): ReadonlyArray<readonly [string, CellAt]> => {
        const data = batch.data.children[i]
        return data === undefined || (wanted !== undefined && !wanted.includes(name)) ? [] : [[name, arrowCells(data, (column) => new Vector([column]))]]
      })
      for (let from = 0; from < batch.numRows; from += rowsAtOnce) {
        yield Array.from({ length: Math.min(rowsAtOnce, batch.numRows - from) }, (_, i) => {
          const row: Record<string, unknown> = {}
          for (const [name, cellAt] of columns) row[name] = cellAt(from + i)
          return row
        })
      }
    }
  } finally {
    await reader.cancel()
  }
}

const opened = async (source: ByteSource): Promise<Arrow.AsyncRecordBatchStreamReader> => {
  const { compressionRegistry, CompressionType, RecordBatchReader } = await import("apache-arrow")
  const { decompressLz4Frame } = await import("./lz4Frame.ts")
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => zstdDecompressSync(data) })
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressLz4Frame })
  return told(source.name, async () => {
    const reader = await RecordBatchReader.from(messages(source)) as Arrow.AsyncRecordBatchStreamReader
    return reader.open({ autoDestroy: true })
  })
}

const fileMagic = "ARROW1"

/** What a file of record batches has between its magic and its footer is a stream of them. */
async function* messages(source: ByteSource): AsyncGenerator<Uint8Array> {
  let first = true
  for await (const chunk of source.stream()) {
    const isFile = first && Buffer.from(chunk.subarray(0, fileMagic.length)).toString("latin1") === fileMagic
    // What reads it may hold views of what it was given, at any byte.
    yield isFile ? chunk.slice(8) : chunk
    first = false
  }
}

const told = async <A>(name: string, read: () => Promise<A>): Promise<A> => {
  try {
    return await read()
  } catch (thrown) {
    if (thrown instanceof DataError) throw thrown
    throw new DataError({ action: "read", path: name, detail: `the Arrow data is damaged or cut off: ${(thrown as Error).message}. Get the file again.` })
  }
}
