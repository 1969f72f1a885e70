/**
 * The service of tables: opens them, reads their rows and looks through them; runs in a worker, so
 * that the page never waits.
 */
import type { Row } from "../../columns/Row.ts"
import { bytesOfBlob, bytesOfUrl, readTogether } from "./Bytes.ts"
import { linesTable } from "./linesTable.ts"
import { parquetTable } from "./parquetTable.ts"
import { folded, matcher, type Query } from "./Query.ts"
import { joinedTable, listTable, type Table } from "./Table.ts"

/** A file to be opened: one that the reader has chosen, or one of the server. */
export interface FileSource {
  readonly type: "jsonl" | "parquet"
  readonly blob?: Blob
  readonly url?: string
  readonly bytes: number
}

export type TableSource =
  | { readonly rows: ReadonlyArray<Row> }
  | { readonly files: ReadonlyArray<FileSource> }

/** What the service is asked. */
export type TableRequest =
  | { readonly what: "open"; readonly table: string; readonly source: TableSource }
  | { readonly what: "rows"; readonly table: string; readonly numbers: ReadonlyArray<number> }
  | { readonly what: "count"; readonly table: string }
  | { readonly what: "search"; readonly table: string; readonly query: Query }

/** What it tells while it is at work. */
export interface TableProgress {
  /** Rows that were found or counted by now. */
  readonly count: number
  /** The share of the table that was looked at. */
  readonly progress: number
  /** Rows found since it told last. */
  readonly found?: ReadonlyArray<number>
}

const tellEveryMs = 60
const mostFound = 1_000_000

export class TableService {
  readonly #tables = new Map<string, Table>()

  /** Answers a request. */
  async answer(
    request: TableRequest,
    told: (progress: TableProgress) => void,
    signal: AbortSignal
  ): Promise<unknown> {
    if (request.what === "open") {
      const table = await opened(request.source)
      this.#tables.set(request.table, table)
      return table.count
    }
    const table = this.#tables.get(request.table)
    if (table === undefined) throw new Error(`no table '${request.table}' is open`)
    if (request.what === "rows") return rowsOf(table, request.numbers)
    if (request.what === "count")
      return table.countRows((count, progress) => told({ count, progress }), signal)
    return search(table, request.query, told, signal)
  }
}

const opened = async (source: TableSource): Promise<Table> => {
  if ("rows" in source) return listTable(source.rows)
  return joinedTable(await Promise.all(source.files.map(openedFile)))
}

const openedFile = async ({ blob, bytes, type, url }: FileSource): Promise<Table> => {
  const file = blob === undefined ? bytesOfUrl(url!, bytes) : bytesOfBlob(blob)
  return type === "parquet" ? parquetTable(readTogether(file)) : linesTable(file)
}

/** Rows by their numbers, which rise; those that lie together are read together. */
const rowsOf = async (
  table: Table,
  numbers: ReadonlyArray<number>
): Promise<ReadonlyArray<Row>> => {
  const rows: Array<Row> = []
  for (let i = 0; i < numbers.length;) {
    let end = i + 1
    while (end < numbers.length && numbers[end] === numbers[end - 1]! + 1) end++
    rows.push(...(await table.rows(numbers[i]!, numbers[end - 1]! + 1)))
    i = end
  }
  return rows
}

/** Looks through all rows; gives how many were found. */
const search = async (
  table: Table,
  query: Query,
  told: (progress: TableProgress) => void,
  signal: AbortSignal
): Promise<number> => {
  const matches = matcher(query)
  const holding = folded(query.text.trim())
  let found: Array<number> = []
  let count = 0
  let last = 0
  for await (const { progress, rows } of table.blocks(holding)) {
    if (signal.aborted || count >= mostFound) break
    for (const [number, row] of rows) if (matches(row)) found.push(number)
    const now = performance.now()
    if (now - last < tellEveryMs && progress < 1) continue
    last = now
    count += found.length
    told({ count, progress, found })
    found = []
    // Lets a request to stop come in, where reading itself does not wait.
    await new Promise((resolve) => setTimeout(resolve))
  }
  return count
}
