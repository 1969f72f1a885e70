/**
 * Reading JSON documents: a list of objects, or objects one after the other, read item by item
 * whatever the length of the file.
 */
import type { Row } from "../../../columns/Row.ts"
import { DataError } from "../../rows/DataError.ts"
import { kindOf } from "./jsonLines.ts"
import { parseJsonText } from "./jsonText.ts"

/**
 * Rows of a JSON document in UTF-8, some at a time. An item that is no object ends the reading with
 * the item's number.
 */
export async function* jsonDocumentRows(
  name: string,
  bytes: AsyncIterable<Buffer>,
  skip = 0
): AsyncGenerator<ReadonlyArray<Row>> {
  const items = new Items(name, skip)
  for await (const chunk of bytes) {
    const rows = items.rowsOf(chunk)
    if (rows.length > 0) yield rows
  }
  items.end()
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c

const isSpace = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
const opens = (byte: number): boolean => byte === 0x7b || byte === 0x5b
const closes = (byte: number): boolean => byte === 0x7d || byte === 0x5d

/** Finds where items begin and end without reading them, so that one at a time is in memory. */
class Items {
  readonly #name: string
  #skip: number
  #number = 0
  /** Whether the document is a list: unknown before its first byte. */
  #list: boolean | undefined
  /**
   * Where in the document the next byte is: before an item, in one, after one, or after the end of
   * the list.
   */
  #place: "before" | "inside" | "after" | "ended" = "before"
  #depth = 0
  #text = false
  #escaped = false
  #pending: Array<Buffer> = []

  constructor(name: string, skip: number) {
    this.#name = name
    this.#skip = skip
  }

  rowsOf(chunk: Buffer): Array<Row> {
    const rows: Array<Row> = []
    let at = 0
    let start = 0
    while (at < chunk.length) {
      if (this.#place === "inside") {
        at = this.#through(chunk, at)
        if (this.#depth > 0) break
        this.#item(Buffer.concat([...this.#pending, chunk.subarray(start, at)]), rows)
        this.#pending = []
        this.#place = "after"
        continue
      }
      const byte = chunk[at]!
      if (isSpace(byte)) at++
      else if (this.#list === undefined) {
        this.#list = byte === 0x5b
        if (this.#list) at++
      } else if (this.#place === "ended") throw this.#wrong("something follows the end of the list")
      else if (byte === 0x5d && this.#list && (this.#place === "after" || this.#number === 0)) {
        this.#place = "ended"
        at++
      } else if (this.#place === "after" && this.#list) {
        if (byte !== comma)
          throw this.#wrong(`a comma or the end of the list must follow item ${this.#number}`)
        this.#place = "before"
        at++
      } else if (opens(byte)) {
        this.#place = "inside"
        start = at
      } else
        throw this.#wrong(
          `item ${this.#number + 1} begins with ${JSON.stringify(String.fromCharCode(byte))}, so it is no row. Each item must be an object`
        )
    }
    if (this.#place === "inside") this.#pending.push(chunk.subarray(start))
    return rows
  }

  end(): void {
    if (this.#place === "inside" || (this.#list === true && this.#place !== "ended"))
      throw this.#wrong(`the file ends in item ${this.#number + 1}: it is cut off`)
  }

  /** Goes on to the end of the item, or of the chunk. */
  #through(chunk: Buffer, from: number): number {
    let at = from
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (this.#text) {
        if (this.#escaped) this.#escaped = false
        else if (byte === backslash) this.#escaped = true
        else if (byte === quote) this.#text = false
      } else if (byte === quote) this.#text = true
      else if (opens(byte)) this.#depth++
      else if (closes(byte) && --this.#depth === 0) return at + 1
    }
    return at
  }

  #item(bytes: Buffer, rows: Array<Row>): void {
    this.#number++
    if (this.#skip > 0) {
      this.#skip--
      return
    }
    let value: unknown
    try {
      value = parseJsonText(bytes.toString())
    } catch (thrown) {
      throw this.#wrong(`item ${this.#number} is no JSON: ${(thrown as Error).message}`)
    }
    if (Array.isArray(value))
      throw this.#wrong(
        `item ${this.#number} is ${kindOf(value)}, not a row. Each item must be an object`
      )
    rows.push(value as Row)
  }

  #wrong(detail: string): DataError {
    return new DataError({ action: "read", path: this.#name, detail: `${detail}.` })
  }
}
