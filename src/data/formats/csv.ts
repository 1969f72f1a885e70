/** Reading CSV: rows of text under the names of the first line. */
import { Readable } from "node:stream"
import type { CsvError } from "csv-parse"
import type { Row } from "../../columns/Row.ts"
import { DataError } from "../DataError.ts"

const rowsAtOnce = 200

/** Rows of CSV, some at a time, every value as text. A line with too many or too few fields ends the reading with its number. */
export async function* csvRows(name: string, bytes: AsyncIterable<Uint8Array>, delimiter: string): AsyncGenerator<ReadonlyArray<Row>> {
  const { parse } = await import("csv-parse")
  const parser = parse({ columns: (header: Array<string>) => columnNames(name, header), bom: true, delimiter, skip_empty_lines: true })
  const source = Readable.from(bytes, { objectMode: false })
  source.once("error", (thrown) => parser.destroy(thrown))
  source.pipe(parser)
  let rows: Array<Row> = []
  try {
    for await (const row of parser) {
      if (rows.push(row as Row) < rowsAtOnce) continue
      yield rows
      rows = []
    }
    if (rows.length > 0) yield rows
  } catch (thrown) {
    const { lines } = thrown as Partial<CsvError>
    if (thrown instanceof DataError || typeof lines !== "number") throw thrown
    throw new DataError({ action: "read", path: name, line: lines, detail: (thrown as Error).message })
  } finally {
    source.destroy()
  }
}

/** A column without a name, as a table's index often is, is called as Python's loader does. */
const columnNames = (name: string, header: ReadonlyArray<string>): Array<string> => {
  const names = header.map((column, i) => column === "" ? `Unnamed: ${i}` : column)
  const twice = names.filter((column, i) => names.indexOf(column) !== i)
  if (twice.length > 0) throw new DataError({ action: "read", path: name, line: 1, detail: `it names ${[...new Set(twice)].map((column) => `'${column}'`).join(", ")} more than once. Give each column its own name.` })
  return names
}
