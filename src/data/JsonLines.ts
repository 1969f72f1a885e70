/** JSON Lines files: one row a line, read and written row by row. */
import { closeSync, copyFileSync, fsyncSync, ftruncateSync, mkdirSync, openSync, renameSync, statSync, unlinkSync, writeFileSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import type { Row } from "../columns/Row.ts"
import { rowText } from "../columns/rowText.ts"
import { localFile } from "./ByteSource.ts"
import { DataError } from "./DataError.ts"
import { jsonLinesRows } from "./formats/jsonLines.ts"

const bufferedChars = 1 << 18

/** A place in a file: how many bytes are before it, and how many rows they hold. */
export interface FileMark {
  readonly bytes: number
  readonly rows: number
}

/** Writes rows to a file that takes its name only when it is complete: a crash leaves no half file under a good name. */
export class JsonLinesWriter {
  readonly path: string
  readonly #partial: string
  readonly #file: number
  #buffer = ""
  #closed = false
  count = 0
  #bytes = 0

  /** Begins a file, or goes on with one of an earlier run: after so many bytes, which hold so many rows. */
  constructor(path: string, from?: FileMark) {
    this.path = path
    this.#partial = partialOf(path)
    mkdirSync(dirname(path), { recursive: true })
    if (from === undefined) {
      this.#file = openSync(this.#partial, "w")
      return
    }
    if (!hasBytes(this.#partial, from.bytes)) {
      if (from.bytes === 0) writeFileSync(this.#partial, "")
      else copyFileSync(path, this.#partial)
    }
    this.#file = openSync(this.#partial, "r+")
    ftruncateSync(this.#file, from.bytes)
    this.#bytes = from.bytes
    this.count = from.rows
  }

  /** Whether an earlier run left a file that holds so much. */
  static has(path: string, { bytes }: FileMark): boolean {
    return bytes === 0 || hasBytes(partialOf(path), bytes) || hasBytes(path, bytes)
  }

  /** Adds a row. Throws a TypeError if it cannot be written as JSON. */
  write(row: Row): void {
    this.#buffer += `${rowText(row)}\n`
    this.count++
    if (this.#buffer.length > bufferedChars) this.#flush()
  }

  /** Writes all rows so far; gives how much that is. */
  mark(): FileMark {
    this.#flush()
    return { bytes: this.#bytes, rows: this.count }
  }

  /** Writes what is left and gives the file its name. An empty file is kept only where `keepEmpty`. */
  close({ keepEmpty = true } = {}): void {
    if (this.#closed) return
    this.#closed = true
    if (this.count === 0 && !keepEmpty) {
      closeSync(this.#file)
      unlinkSync(this.#partial)
      return
    }
    this.#flush()
    fsyncSync(this.#file)
    closeSync(this.#file)
    renameSync(this.#partial, this.path)
  }

  /** Leaves the file as it is, under its provisional name. */
  abandon(): void {
    if (this.#closed) return
    this.#closed = true
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    const bytes = Buffer.from(this.#buffer)
    this.#buffer = ""
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written, bytes.length - written, this.#bytes + written)
      this.#bytes += bytes.length
    } catch (thrown) {
      throw DataError.of("write", this.#partial, thrown)
    }
  }
}

const partialOf = (path: string): string => `${path}.partial`

const hasBytes = (path: string, bytes: number): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? -1) >= bytes

/** Rows of a JSON Lines file, some at a time. A line that is no JSON object ends the reading with the line's number. */
export const readJsonLines = (path: string): AsyncGenerator<ReadonlyArray<Row>> => jsonLinesRows(path, localFile(path).stream())
