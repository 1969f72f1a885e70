/** CSV files: rows of text under the names of the first line. */
import { createReadStream } from "node:fs"
import { type CsvError, parse } from "csv-parse"
import type { Row } from "../columns/Row.ts"
import { DataError } from "./DataError.ts"

/** Rows of a CSV file, one at a time, every value as text. A line with too many or too few fields ends the reading with its number. */
export async function* readCsv(path: string, delimiter: "," | "\t"): AsyncGenerator<Row> {
  const parser = parse({ columns: true, bom: true, delimiter, skip_empty_lines: true })
  const stream = createReadStream(path)
  stream.once("error", (thrown) => parser.destroy(thrown))
  stream.pipe(parser)
  try {
    for await (const row of parser) yield row as Row
  } catch (thrown) {
    const { lines } = thrown as Partial<CsvError>
    if (typeof lines !== "number") throw DataError.of("read", path, thrown)
    throw new DataError({ action: "read", path, line: lines, detail: (thrown as Error).message })
  } finally {
    stream.destroy()
  }
}
