/** Reading Parquet: row group by row group, great ones in slices, only the columns that are wanted. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib"
import type { AsyncBuffer, ColumnChunk, Compressors, FileMetaData } from "hyparquet"
import type { Row } from "../../../columns/Row.ts"
import type { BytePieces, ByteSource } from "../../rows/ByteSource.ts"
import type { Field } from "../../rows/cells.ts"
import { DataError } from "../../rows/DataError.ts"
import { distinct, type RowFile, type Wanted } from "../../rows/RowFile.ts"
import { withArrowTypes } from "../arrow/arrowSchema.ts"
import { ColumnCursor } from "./ColumnCursor.ts"
import { asStored, parquetFields } from "./parquetFields.ts"

/** Most footers are smaller. */
const footerAtOnce = 1 << 16

/**
 * Row groups that hold more are read in slices, so that memory does not depend on who wrote the
 * file.
 */
const bytesAtOnce = 32 << 20

/** The same where slices cost: pages would be decompressed again for each. */
const bytesAtOnceOfGreatPages = 128 << 20
const greatPage = 4 << 20

/** Rows that are made of columns at a time: what comes of them is gone before the next are made. */
const rowsAtOnce = 100

/** Opens a Parquet file: its footer is read, no row yet. */
export const openParquet = async (source: ByteSource): Promise<RowFile> => {
  const pieces = await source.pieces()
  try {
    const metadata = await readFooter(source.name, pieces)
    const fields = withArrowTypes(
      distinct(source.name, parquetFields(metadata)),
      metadata.key_value_metadata?.find(({ key }) => key === "ARROW:schema")?.value
    )
    return {
      name: source.name,
      fields,
      length: Number(metadata.num_rows),
      chunks: (wanted = {}) =>
        rowsOf({ name: source.name, pieces, metadata: asStored(metadata), fields }, wanted),
      close: () => pieces.close()
    }
  } catch (thrown) {
    await pieces.close()
    throw thrown
  }
}

const readFooter = async (name: string, pieces: BytePieces): Promise<FileMetaData> => {
  const wrong = (detail: string): DataError => new DataError({ action: "read", path: name, detail })
  if (pieces.size < 12) throw wrong("it is no Parquet file: it is too short. Get the file again.")
  const end = await magic(pieces, pieces.size - 4)
  if (end === "PARE") throw wrong("it is an encrypted Parquet file, which cannot be read.")
  if (end !== "PAR1") {
    const begins = await magic(pieces, 0)
    throw wrong(
      begins === "PAR1"
        ? "the end of the Parquet file is missing: it is cut off. Get the file again."
        : "it is no Parquet file. Give it the ending that says what it is, or say so with filetype."
    )
  }
  const { parquetMetadataAsync } = await import("hyparquet")
  try {
    return await parquetMetadataAsync(asyncBuffer(pieces), {
      initialFetchSize: footerAtOnce,
      geoparquet: false
    })
  } catch (thrown) {
    throw damaged(name, thrown)
  }
}

const magic = async (pieces: BytePieces, at: number): Promise<string> =>
  Buffer.from(await pieces.slice(at, at + 4)).toString("latin1")

const damaged = (name: string, thrown: unknown): DataError =>
  thrown instanceof DataError
    ? thrown
    : new DataError({
        action: "read",
        path: name,
        detail: `the Parquet file is damaged: ${(thrown as Error).message}. Get the file again.`
      })

interface OpenFile {
  readonly name: string
  readonly pieces: BytePieces
  readonly metadata: FileMetaData
  readonly fields: ReadonlyArray<Field>
}

async function* rowsOf(
  { fields, metadata, name, pieces }: OpenFile,
  { columns, offset = 0 }: Wanted
): AsyncGenerator<ReadonlyArray<Row>> {
  const wanted = fields.filter((field) => columns === undefined || columns.includes(field.name))
  const names = wanted.map((field) => field.name)
  const { parquetRead } = await import("hyparquet")
  const lent = new LentBuffers()
  const compressors = await decompressors(lent)
  for (const { rowEnd, rowStart, sliced } of slices(metadata, names, offset)) {
    const cursors = wanted.map((field) => new ColumnCursor(field))
    const byName = new Map(cursors.map((cursor) => [cursor.name, cursor]))
    try {
      if (names.length > 0) {
        await parquetRead({
          file: asyncBuffer(pieces, lent),
          metadata,
          columns: names,
          rowStart,
          rowEnd,
          compressors,
          parsers,
          utf8: false,
          geoparquet: false,
          useOffsetIndex: sliced,
          onChunk: (part) => byName.get(part.columnName)?.add(part)
        })
      }
    } catch (thrown) {
      throw damaged(name, thrown)
    }
    for (let from = rowStart; from < rowEnd; from += rowsAtOnce) {
      const rows = Array.from(
        { length: Math.min(rowsAtOnce, rowEnd - from) },
        (): Record<string, unknown> => ({})
      )
      for (const cursor of cursors) cursor.fill(rows, from)
      yield rows
    }
    lent.release()
  }
}

/** Smaller ones are not worth it, and may be parts of what Node uses for others too. */
const worthReleasing = 1 << 17

/**
 * Memory of pages, given back as soon as all rows of them are made: it lies outside of JavaScript's
 * own, and would pile up long before anything is collected.
 */
class LentBuffers {
  #buffers: Array<ArrayBuffer> = []

  lend(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (bytes.length >= worthReleasing) this.#buffers.push(bytes.buffer)
    return bytes
  }

  release(): void {
    for (const buffer of this.#buffers) buffer.transfer(0)
    this.#buffers = []
  }
}

interface Slice {
  readonly rowStart: number
  readonly rowEnd: number
  /** Whether it is part of a row group. */
  readonly sliced: boolean
}

function* slices(
  { row_groups: groups }: FileMetaData,
  names: ReadonlyArray<string>,
  offset: number
): Generator<Slice> {
  let groupStart = 0
  for (const { columns, num_rows: count } of groups) {
    const rows = Number(count)
    const groupEnd = groupStart + rows
    const wanted = columns.filter(
      ({ meta_data: chunk }) => chunk !== undefined && names.includes(chunk.path_in_schema[0]!)
    )
    const bytes = wanted.reduce((sum, column) => sum + bytesOf(column), 0)
    const atOnce = Math.max(
      1,
      Math.ceil(
        rows /
          Math.ceil(bytes / (wanted.every(isSliceable) ? bytesAtOnce : bytesAtOnceOfGreatPages))
      )
    )
    for (let rowStart = Math.max(groupStart, offset); rowStart < groupEnd; rowStart += atOnce) {
      yield { rowStart, rowEnd: Math.min(groupEnd, rowStart + atOnce), sliced: atOnce < rows }
    }
    groupStart = groupEnd
  }
}

const bytesOf = ({ meta_data: chunk }: ColumnChunk): number =>
  Number(chunk?.total_uncompressed_size ?? 0)

/** Whether a part of the column can be read without decompressing what is before it. */
const isSliceable = (column: ColumnChunk): boolean => {
  if (column.offset_index_offset !== undefined || bytesOf(column) < greatPage) return true
  const { encoding_stats: stats = [], path_in_schema: path } = column.meta_data!
  const pages = stats.reduce(
    (sum, { count, page_type: type }) => (type === "DICTIONARY_PAGE" ? sum : sum + count),
    0
  )
  return path.length === 1 && pages > 0 && bytesOf(column) / pages <= greatPage
}

const asyncBuffer = ({ size, slice }: BytePieces, lent?: LentBuffers): AsyncBuffer => ({
  byteLength: size,
  slice: async (start, end = size) => {
    const from = start < 0 ? Math.max(0, size + start) : start
    const piece = await slice(from, Math.min(end, size))
    lent?.lend(piece)
    return piece.byteLength === piece.buffer.byteLength ? piece.buffer : piece.slice().buffer
  }
})

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** Longer texts stay bytes of their page until their row is made. */
const longText = 100

const parsers = {
  stringFromBytes: (bytes: Uint8Array | undefined) =>
    bytes === undefined || bytes.length > longText ? bytes : decoder.decode(bytes),
  // As it is stored: the cell says all its digits.
  timestampFromNanoseconds: (nanos: bigint) => nanos
}

/** Node's own where it has one. */
const decompressors = async (lent: LentBuffers): Promise<Compressors> => {
  const { compressors } = await import("hyparquet-compressors")
  const others = Object.entries(compressors).map(([codec, decompress]) =>
    // An empty page, as a column of nulls has it, is none to them.
    [
      codec,
      (input: Uint8Array, length: number) =>
        length === 0 ? new Uint8Array(0) : decompress(input, length)
    ]
  )
  // Told how much comes out, Node makes one buffer for it, else many small ones that it copies together.
  const native =
    (
      decompress: (
        input: Uint8Array,
        options: { readonly chunkSize: number }
      ) => Uint8Array<ArrayBuffer>
    ) =>
    (input: Uint8Array, length: number): Uint8Array =>
      lent.lend(decompress(input, { chunkSize: Math.max(64, length + 1) }))
  return {
    ...(Object.fromEntries(others) as Compressors),
    ZSTD: native(zstdDecompressSync),
    GZIP: native(gunzipSync),
    BROTLI: native(brotliDecompressSync)
  }
}
