/**
 * Tables of Parquet files: the footer says how many rows there are, and row groups are read when
 * their rows are looked at.
 */
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects
} from "hyparquet"
import {
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd
} from "hyparquet-compressors"
import type { Row } from "../../columns/Row.ts"
import { parquetCells } from "../../data/files/parquet/parquetCells.ts"
import { asStored, parquetFields } from "../../data/files/parquet/parquetFields.ts"
import type { Bytes } from "./Bytes.ts"
import type { Table } from "./Table.ts"

/**
 * Without what needs WebAssembly, which the page does not allow itself, and without Brotli, which
 * few use and whose words are a third of the page.
 */
const compressors: Compressors = {
  GZIP: decompressGzip,
  ZSTD: (input) => decompressZstd(input),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw
}

const rowsAtOnce = 1000
/** Most footers are smaller. */
const footerAtOnce = 1 << 16

export const parquetTable = async (bytes: Bytes): Promise<Table> => {
  const file: AsyncBuffer = {
    byteLength: bytes.size,
    slice: async (start, end = bytes.size) =>
      (await bytes.slice(start < 0 ? bytes.size + start : start, end)).buffer
  }
  const footer = await parquetMetadataAsync(file, {
    geoparquet: false,
    initialFetchSize: footerAtOnce
  })
  if (
    footer.row_groups.some(({ columns }) =>
      columns.some(({ meta_data: chunk }) => chunk?.codec === "BROTLI")
    )
  ) {
    throw new Error(
      "This Parquet file is compressed with Brotli, which this page does not read. Write it with zstd or snappy."
    )
  }
  const metadata = asStored(footer)
  const count = Number(metadata.num_rows)
  const cells = parquetFields(footer).map(({ name, type }) => [name, parquetCells(type)] as const)
  const rows = async (from: number, to: number): Promise<ReadonlyArray<Row>> => {
    const [rowStart, rowEnd] = [Math.min(from, count), Math.min(to, count)]
    if (rowStart >= rowEnd) return []
    const read = await parquetReadObjects({
      file,
      metadata,
      rowStart,
      rowEnd,
      compressors,
      utf8: false,
      geoparquet: false,
      useOffsetIndex: true,
      parsers
    })
    return read.map((row) =>
      Object.fromEntries(cells.map(([name, cell]) => [name, cell(row[name])]))
    )
  }
  return {
    count,
    rows,
    async *blocks() {
      for (const [start, end] of groups(metadata)) {
        for (let first = start; first < end; first += rowsAtOnce) {
          const next = Math.min(end, first + rowsAtOnce)
          yield {
            first,
            count: next - first,
            rows: (await rows(first, next)).map((row, i) => [first + i, row] as const),
            progress: next / count
          }
        }
      }
    },
    countRows: async () => count
  }
}

const parsers = { timestampFromNanoseconds: (nanos: bigint) => nanos }

/** The first row of each row group, and the one after its last. */
function* groups({
  row_groups: all
}: FileMetaData): Generator<readonly [start: number, end: number]> {
  let start = 0
  for (const { num_rows: rows } of all) {
    yield [start, start + Number(rows)]
    start += Number(rows)
  }
}
