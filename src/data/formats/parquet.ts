/** Reading Parquet: row group by row group, great ones in slices, only the columns that are wanted. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib"
import type { AsyncBuffer, Compressors, FileMetaData } from "hyparquet"
import type { Row } from "../../columns/Row.ts"
import type { BytePieces, ByteSource } from "../ByteSource.ts"
import type { Field } from "../cells.ts"
import { DataError } from "../DataError.ts"
import type { RowFile, Wanted } from "../RowFile.ts"
import { parquetCells } from "./parquetCells.ts"
import { asStored, parquetFields } from "./parquetFields.ts"

/** Most footers are smaller. */
const footerAtOnce = 1 << 16

/** Row groups that hold more are read in slices, so that memory does not depend on who wrote the file. */
const bytesAtOnce = 32 << 20

/** Opens a Parquet file: its footer is read, no row yet. */
export const openParquet = async (source: ByteSource): Promise<RowFile> => {
  const pieces = await source.pieces()
  try {
    const metadata = await readFooter(source.name, pieces)
    const fields = parquetFields(metadata)
    return {
      name: source.name,
      fields,
      length: Number(metadata.num_rows),
      chunks: (wanted = {}) => rowsOf({ name: source.name, pieces, metadata: asStored(metadata), fields }, wanted),
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
    throw wrong(begins === "PAR1" ? "the end of the Parquet file is missing: it is cut off. Get the file again." : "it is no Parquet file. Give it the ending that says what it is, or say so with filetype.")
  }
  const { parquetMetadataAsync } = await import("hyparquet")
  try {
    return await parquetMetadataAsync(asyncBuffer(pieces), { initialFetchSize: footerAtOnce, geoparquet: false })
  } catch (thrown) {
    throw damaged(name, thrown)
  }
}

const magic = async (pieces: BytePieces, at: number): Promise<string> => Buffer.from(await pieces.slice(at, at + 4)).toString("latin1")

const damaged = (name: string, thrown: unknown): DataError =>
  thrown instanceof DataError ? thrown : new DataError({ action: "read", path: name, detail: `the Parquet file is damaged: ${(thrown as Error).message}. Get the file again.` })

interface OpenFile {
  readonly name: string
  readonly pieces: BytePieces
  readonly metadata: FileMetaData
  readonly fields: ReadonlyArray<Field>
}

async function* rowsOf({ fields, metadata, name, pieces }: OpenFile, { columns, offset = 0 }: Wanted): AsyncGenerator<ReadonlyArray<Row>> {
  const wanted = fields.filter((field) => columns === undefined || columns.includes(field.name))
  const convert = wanted.map(({ name: column, type }) => [column, parquetCells(type)] as const)
  const names = wanted.map((field) => field.name)
  const { parquetReadObjects } = await import("hyparquet")
  const compressors = await decompressors()
  for (const { rowEnd, rowStart, sliced } of slices(metadata, names, offset)) {
    if (names.length === 0) {
      yield Array.from({ length: rowEnd - rowStart }, () => ({}))
      continue
    }
    let rows
    try {
      rows = await parquetReadObjects({ file: asyncBuffer(pieces), metadata, columns: names, rowStart, rowEnd, compressors, parsers, utf8: false, geoparquet: false, useOffsetIndex: sliced })
    } catch (thrown) {
      throw damaged(name, thrown)
    }
    for (const row of rows) for (const [column, cell] of convert) row[column] = cell === undefined ? row[column] ?? null : cell(row[column])
    yield rows
  }
}

interface Slice {
  readonly rowStart: number
  readonly rowEnd: number
  /** Whether it is part of a row group. */
  readonly sliced: boolean
}

function* slices({ row_groups: groups }: FileMetaData, names: ReadonlyArray<string>, offset: number): Generator<Slice> {
  let groupStart = 0
  for (const { columns, num_rows: count } of groups) {
    const rows = Number(count)
    const groupEnd = groupStart + rows
    const bytes = columns.reduce((sum, { meta_data: chunk }) => chunk !== undefined && names.includes(chunk.path_in_schema[0]!) ? sum + Number(chunk.total_uncompressed_size) : sum, 0)
    const atOnce = Math.max(1, Math.ceil(rows / Math.ceil(bytes / bytesAtOnce)))
    for (let rowStart = Math.max(groupStart, offset); rowStart < groupEnd; rowStart += atOnce) {
      yield { rowStart, rowEnd: Math.min(groupEnd, rowStart + atOnce), sliced: atOnce < rows }
    }
    groupStart = groupEnd
  }
}

const asyncBuffer = ({ size, slice }: BytePieces): AsyncBuffer => ({
  byteLength: size,
  slice: async (start, end = size) => {
    const from = start < 0 ? Math.max(0, size + start) : start
    const piece = await slice(from, Math.min(end, size))
    return piece.byteLength === piece.buffer.byteLength ? piece.buffer : piece.slice().buffer
  }
})

const parsers = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(),
  // As it is stored: the cell says all its digits.
  timestampFromNanoseconds: (nanos: bigint) => nanos
}

/** Node's own where it has one. */
const decompressors = async (): Promise<Compressors> => {
  const { compressors } = await import("hyparquet-compressors")
  const others = Object.entries(compressors).map(([codec, decompress]) =>
    // An empty page, as a column of nulls has it, is none to them.
    [codec, (input: Uint8Array, length: number) => length === 0 ? new Uint8Array(0) : decompress(input, length)])
  return { ...Object.fromEntries(others) as Compressors, ZSTD: (input) => zstdDecompressSync(input), GZIP: (input) => gunzipSync(input), BROTLI: (input) => brotliDecompressSync(input) }
}
