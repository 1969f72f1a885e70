/** Reading CSV: rows of text under the names of the first line. */
import { setKey } from "../../../columns/own.ts"
import type { Row } from "../../../columns/Row.ts"
import { DataError } from "../../rows/DataError.ts"
import type { TextOptions } from "../../rows/TextOptions.ts"
import { CsvParser } from "./CsvParser.ts"

const rowsAtOnce = 200

/**
 * Rows of CSV in UTF-8, some at a time, every value as text. Values missing at the end of a line
 * are null; a line with too many values ends the reading with its number.
 */
export async function* csvRows(
  name: string,
  bytes: AsyncIterable<Buffer>,
  options: TextOptions,
  usualDelimiter: string
): AsyncGenerator<ReadonlyArray<Row>> {
  const table = new Table(name, options)
  const parser = new CsvParser(
    {
      delimiter: (options.delimiter ?? usualDelimiter).charCodeAt(0),
      quote: options.quote === "" ? undefined : (options.quote ?? '"').charCodeAt(0),
      escape: options.escape?.charCodeAt(0)
    },
    (values, quoted, line) => table.add(values, quoted, line)
  )
  for await (const chunk of bytes) {
    parser.add(chunk)
    if (parser.isTooLong) throw unclosed(name, parser.openQuote!, "is not closed within 64 MB")
    while (table.rows.length >= rowsAtOnce) yield table.rows.splice(0, rowsAtOnce)
  }
  if (parser.openQuote !== undefined) throw unclosed(name, parser.openQuote, "is never closed")
  parser.end()
  if (table.rows.length > 0) yield table.rows
}

const unclosed = (name: string, line: number, detail: string): DataError =>
  new DataError({
    action: "read",
    path: name,
    line,
    detail: `the quote that opens on this line ${detail}. Close it, or set quote to '' if quotes are plain text in this file.`
  })

/** Makes rows of lines. */
class Table {
  readonly #name: string
  readonly #nulls: ReadonlySet<string>
  readonly #header: TextOptions["header"]
  readonly #delimiterIsGuessed: boolean
  #skip: number
  #columns: ReadonlyArray<string> | undefined
  readonly rows: Array<Row> = []

  constructor(name: string, { delimiter, header, nulls = [], skipRows = 0 }: TextOptions) {
    this.#name = name
    this.#nulls = new Set(nulls)
    this.#skip = skipRows
    this.#header = header
    this.#delimiterIsGuessed = delimiter === undefined
    this.#columns = Array.isArray(header) ? (header as ReadonlyArray<string>) : undefined
  }

  add(values: ReadonlyArray<string>, quoted: ReadonlyArray<boolean>, line: number): void {
    if (this.#skip > 0) {
      this.#skip--
      return
    }
    if (this.#columns === undefined) {
      if (this.#delimiterIsGuessed && values.length === 1 && !quoted[0]!)
        this.#expectOneColumn(values[0]!, line)
      this.#columns =
        this.#header === false
          ? values.map((_, i) => String(i))
          : columnNames(this.#name, values, line)
      if (this.#header !== false) return
    }
    const columns = this.#columns
    if (values.length > columns.length) {
      throw new DataError({
        action: "read",
        path: this.#name,
        line,
        detail: `it has ${values.length} values, but there are ${columns.length} columns (${columns.join(", ")}). Put quotes around values that hold the separator, or set delimiter to the file's separator.`
      })
    }
    const row: Record<string, unknown> = {}
    for (let i = 0; i < columns.length; i++) {
      const value = values[i]
      setKey(
        row,
        columns[i]!,
        value === undefined || (!quoted[i]! && this.#nulls.has(value)) ? null : value
      )
    }
    this.rows.push(row)
  }

  #expectOneColumn(header: string, line: number): void {
    const separator = [";", "\t", "|", ","].find((mark) => header.includes(mark))
    if (separator === undefined) return
    const shown = separator === "\t" ? "\\t" : separator
    throw new DataError({
      action: "read",
      path: this.#name,
      line,
      detail: `its header is one column, '${header.slice(0, 60)}', which holds '${shown}'. Set delimiter to '${shown}' if that separates the values, else to the character that does.`
    })
  }
}

/** A column without a name, as a table's index often is, is called as pandas calls it. */
const columnNames = (
  name: string,
  header: ReadonlyArray<string>,
  line: number
): ReadonlyArray<string> => {
  const names = header.map((column, i) => (column === "" ? `Unnamed: ${i}` : column))
  const twice = names.filter((column, i) => names.indexOf(column) !== i)
  if (twice.length > 0)
    throw new DataError({
      action: "read",
      path: name,
      line,
      detail: `it names ${[...new Set(twice)].map((column) => `'${column}'`).join(", ")} more than once. Give each column its own name.`
    })
  return names
}
