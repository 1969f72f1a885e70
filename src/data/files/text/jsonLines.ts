/** Reading JSON Lines: one JSON object a line, read line by line whatever the length of the file. */
import { isUtf8 } from "node:buffer"
import type { Row } from "../../../columns/Row.ts"
import { revived } from "../../../columns/rowText.ts"
import { DataError } from "../../rows/DataError.ts"
import { notUtf8 } from "../../rows/utf8.ts"

const lineFeed = 10
const longestText = 0x1fff_ffe8

type Parse = (text: string) => unknown

/**
 * Rows of JSON Lines, some at a time. A line that is no JSON object ends the reading with the
 * line's number. Of the bytes none are kept.
 */
export async function* jsonLinesRows(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  skip = 0,
  parse: Parse = JSON.parse
): AsyncGenerator<ReadonlyArray<Row>> {
  const lines = new Lines(name, skip, parse)
  for await (const chunk of bytes) {
    const rows = lines.rowsOf(chunk)
    if (rows.length > 0) yield rows
  }
  const rows = lines.rest()
  if (rows.length > 0) yield rows
}

class Lines {
  readonly #name: string
  readonly #parse: Parse
  #skip: number
  #number = 0
  /** The beginning of a line whose end has not come yet. */
  #pending: Array<Buffer> = []
  #pendingLength = 0

  constructor(name: string, skip: number, parse: Parse) {
    this.#name = name
    this.#parse = parse
    this.#skip = skip
  }

  /**
   * The rows whose lines end in the chunk. Lines end at a line feed and nowhere else: JSON text may
   * hold U+2028, at which Node's readline breaks.
   */
  rowsOf(bytes: Uint8Array): Array<Row> {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const rows: Array<Row> = []
    let start = 0
    let end = chunk.indexOf(lineFeed)
    if (end >= 0 && this.#pending.length > 0) {
      this.#line(this.#whole(chunk.subarray(0, end)), rows)
      start = end + 1
      end = chunk.indexOf(lineFeed, start)
    }
    for (; end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#line(chunk.subarray(start, end), rows)
      start = end + 1
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
    return rows
  }

  /** The row of a last line without an end. */
  rest(): Array<Row> {
    const rows: Array<Row> = []
    if (this.#pending.length > 0) this.#line(this.#whole(Buffer.alloc(0)), rows)
    return rows
  }

  #keep(part: Buffer): void {
    this.#pending.push(Buffer.from(part))
    this.#pendingLength += part.length
    if (this.#pendingLength <= longestText) return
    this.#number++
    throw this.#wrong(
      `it is more than ${Math.floor(longestText / 1e6)} MB long, which no text may be. Split the row.`
    )
  }

  #whole(end: Buffer): Buffer {
    const line =
      this.#pending.length === 1 && end.length === 0
        ? this.#pending[0]!
        : Buffer.concat([...this.#pending, end])
    this.#pending = []
    this.#pendingLength = 0
    return line
  }

  #line(line: Buffer, rows: Array<Row>): void {
    this.#number++
    const from =
      this.#number === 1 && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0
    if (isBlank(line, from)) return
    if (this.#skip > 0) this.#skip--
    else rows.push(this.#parsed(line, from))
  }

  #parsed(line: Buffer, from: number): Row {
    if (!isUtf8(line)) throw notUtf8(this.#name, line, this.#number)
    let value: unknown
    try {
      value = this.#parse(line.toString("utf8", from))
    } catch (thrown) {
      throw this.#wrong(
        `it is no JSON: ${(thrown as Error).message}. Each line must be one JSON object.`
      )
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return this.#revived(value as Row)
    throw this.#wrong(`it is ${kindOf(value)}, not a row. Each line must be one JSON object.`)
  }

  #revived(row: Row): Row {
    try {
      return revived(row)
    } catch (thrown) {
      throw this.#wrong(`its '~types' do not fit its values: ${(thrown as Error).message}.`)
    }
  }

  #wrong(detail: string): DataError {
    return new DataError({ action: "read", path: this.#name, line: this.#number, detail })
  }
}

const isBlank = (line: Buffer, from: number): boolean => {
  for (let i = from; i < line.length; i++) {
    const byte = line[i]!
    if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return false
  }
  return true
}

/** What a JSON value is, in words. */
export const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`
