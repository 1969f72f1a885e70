/** The rows that a profile is made of: all of small files, pieces from all over large ones. */
import type { Row } from "../../columns/Row.ts"
import type { BytePieces, ByteSource } from "../../data/rows/ByteSource.ts"
import type { ReportFile } from "../figures/ReportData.ts"
import type { ProfiledRows } from "../profile/profileOf.ts"
import { linesTable } from "../tables/linesTable.ts"

/** What is read at most. */
const mostRows = 10_000
const mostBytes = 16 << 20
/** Into how many pieces that is divided where there is more. */
const mostPieces = 20

/** A file of rows. */
export interface RowsFile {
  readonly type: ReportFile["type"]
  readonly source: ByteSource
}

/** How much of a file is read, and how many rows it has, if known. */
interface Share {
  readonly rows: number
  readonly bytes: number
  readonly pieces: number
  readonly count: number | undefined
}

/** Rows of files that belong together; `count` is how many they have, if known. */
export const profiledRows = (files: ReadonlyArray<RowsFile>, count?: number): ProfiledRows => {
  const chosen = spread(files.length, mostPieces).map((i) => files[i]!)
  let complete = chosen.length === files.length
  const share: Share = {
    rows: Math.floor(mostRows / chosen.length),
    bytes: Math.floor(mostBytes / chosen.length),
    pieces: Math.max(1, Math.floor(mostPieces / chosen.length)),
    count: files.length === 1 ? count : undefined
  }
  async function* rows(): AsyncGenerator<ReadonlyArray<Row>> {
    for (const { source, type } of chosen) {
      const opened = await source.pieces()
      let left = share.rows
      try {
        const read = type === "parquet" ? parquetRows(opened, share) : linesRows(opened, share)
        for await (const piece of read) {
          if (piece.skipped || piece.rows.length > left) complete = false
          if (left <= 0) break
          yield piece.rows.slice(0, left)
          left -= piece.rows.length
        }
      } finally {
        await opened.close()
      }
    }
  }
  return { rows: rows(), complete: () => complete }
}

/** Numbers below a count, at most so many, as far from each other as they can be. */
const spread = (count: number, most: number): ReadonlyArray<number> =>
  Array.from({ length: Math.min(count, most) }, (_, i) =>
    Math.floor((i * count) / Math.min(count, most))
  )

interface Piece {
  readonly rows: ReadonlyArray<Row>
  /** Whether rows before it or after it are left out. */
  readonly skipped: boolean
}

async function* parquetRows(opened: BytePieces, share: Share): AsyncGenerator<Piece> {
  const { parquetTable } = await import("../tables/parquetTable.ts")
  const table = await parquetTable(opened)
  const all = table.count ?? 0
  const wanted = Math.min(share.rows, Math.ceil((all * share.bytes) / Math.max(1, opened.size)))
  if (wanted >= all) {
    for await (const { rows } of table.blocks())
      yield { rows: rows.map(([, row]) => row), skipped: false }
    return
  }
  const each = Math.max(1, Math.floor(wanted / share.pieces))
  for (const from of spread(all, share.pieces))
    yield { rows: await table.rows(from, from + each), skipped: true }
}

async function* linesRows(opened: BytePieces, share: Share): AsyncGenerator<Piece> {
  if (opened.size <= share.bytes && (share.count ?? 0) <= share.rows) {
    for await (const { rows } of linesTable(opened).blocks())
      yield { rows: rows.map(([, row]) => row), skipped: false }
    return
  }
  const rowBytes = opened.size / (share.count ?? opened.size / usualBytes)
  const each = Math.ceil(Math.min(share.bytes, share.rows * rowBytes) / share.pieces)
  for (const from of spread(opened.size, share.pieces)) {
    const piece = await opened.slice(from, Math.min(opened.size, from + each))
    // The piece begins and ends within a row, unless it begins where the file does.
    const start = from === 0 ? 0 : piece.indexOf(newline) + 1
    const whole = piece.subarray(start, piece.lastIndexOf(newline) + 1)
    const table = linesTable({
      size: whole.length,
      slice: async (first, end) => whole.slice(first, end)
    })
    yield { rows: await table.rows(0, Math.floor(share.rows / share.pieces)), skipped: true }
  }
}

/** Bytes of a row where nobody knows how many rows there are. */
const usualBytes = 1000
const newline = 10
