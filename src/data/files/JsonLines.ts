/** JSON Lines files: one row a line, read and written row by row. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeSync
} from "node:fs"
import { dirname } from "node:path"
import { crc32 } from "node:zlib"
import type { Row } from "../../columns/Row.ts"
import { rowText } from "../../columns/rowText.ts"
import { clearWay } from "../../disk/clearWay.ts"
import { type Prefix, prefixesHeld } from "../../disk/prefixes.ts"
import { TextBuffer } from "../../disk/TextBuffer.ts"
import { localFile, passing } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"
import { jsonLinesRows } from "./text/jsonLines.ts"

const bufferedBytes = 1 << 18
const lineFeed = 10

/** A place in a file: the bytes before it with their checksum, and how many rows they hold. */
export interface FileMark extends Prefix {
  readonly rows: number
}

/**
 * What an earlier run left of a file: how many of its marks still hold, and the file in which they
 * do.
 */
export interface Remains {
  readonly held: number
  readonly file: string
}

/**
 * Writes rows to a file that takes its name only when it is complete: a crash leaves no half file
 * under a good name.
 */
export class JsonLinesWriter {
  readonly path: string
  readonly #partial: string
  readonly #file: number
  readonly #buffer = new TextBuffer()
  #closed = false
  count = 0
  #bytes = 0
  #crc = 0

  /** Begins a file, or resumes one of an earlier run after a mark that `file` holds. */
  constructor(path: string, resumed?: { readonly mark: FileMark; readonly file: string }) {
    this.path = path
    this.#partial = partialOf(path)
    try {
      mkdirSync(dirname(path), { recursive: true })
      clearWay(this.#partial)
      this.#file =
        resumed === undefined || resumed.mark.bytes === 0
          ? openSync(this.#partial, "w")
          : this.#resume(resumed.file, resumed.mark)
    } catch (thrown) {
      throw DataError.of("write", this.#partial, thrown)
    }
  }

  /**
   * Reads what an earlier run left under either name against its marks, which stand in the order of
   * the file.
   */
  static async remains(path: string, marks: ReadonlyArray<FileMark>): Promise<Remains> {
    const complete = await prefixesHeld(path, marks)
    if (complete === marks.length) return { held: complete, file: path }
    const partial = await prefixesHeld(partialOf(path), marks)
    // One that was not completed is told by the name that it has.
    return partial > complete || !existsSync(path)
      ? { held: partial, file: partialOf(path) }
      : { held: complete, file: path }
  }

  #resume(file: string, { bytes, crc, rows }: FileMark): number {
    if (file !== this.#partial) copyFileSync(file, this.#partial)
    const opened = openSync(this.#partial, "r+")
    ftruncateSync(opened, bytes)
    this.#bytes = bytes
    this.#crc = crc
    this.count = rows
    return opened
  }

  /**
   * Adds a row, whose text may be known already. Throws a TypeError if it cannot be written as
   * JSON.
   */
  write(row: Row, text = rowText(row)): void {
    this.#buffer.add(text)
    this.#buffer.addByte(lineFeed)
    this.count++
    if (this.#buffer.length > bufferedBytes) this.#flush()
  }

  /** Writes all rows so far; gives how much that is. */
  mark(): FileMark {
    this.#flush()
    return { bytes: this.#bytes, rows: this.count, crc: this.#crc }
  }

  /**
   * Writes what is left and gives the file its name. An empty file is kept only where `keepEmpty`;
   * without `syncs` the end of the machine may take what was written last.
   */
  close({ keepEmpty = true, syncs = true } = {}): void {
    if (this.#closed) return
    this.#closed = true
    clearWay(this.path)
    if (this.count === 0 && !keepEmpty) {
      closeSync(this.#file)
      unlinkSync(this.#partial)
      // One that is there is of an earlier run, whose rows these are not.
      rmSync(this.path, { force: true })
      return
    }
    this.#flush()
    if (syncs) fsyncSync(this.#file)
    closeSync(this.#file)
    renameSync(this.#partial, this.path)
  }

  /** Leaves the file as it is, under its provisional name. */
  abandon(): void {
    if (this.#closed) return
    this.#closed = true
    try {
      this.#flush()
    } catch {
      // Why the disk takes no more ends the run elsewhere; rows after the last mark are made again.
    } finally {
      closeSync(this.#file)
    }
  }

  #flush(): void {
    const bytes = this.#buffer.take()
    try {
      for (let written = 0; written < bytes.length;)
        written += writeSync(
          this.#file,
          bytes,
          written,
          bytes.length - written,
          this.#bytes + written
        )
      this.#bytes += bytes.length
      this.#crc = crc32(bytes, this.#crc)
    } catch (thrown) {
      throw DataError.of("write", this.#partial, thrown)
    }
  }
}

const partialOf = (path: string): string => `${path}.partial`

/**
 * Rows of a JSON Lines file, some at a time. A line that is no JSON object ends the reading with
 * the line's number.
 */
export const readJsonLines = (path: string): AsyncGenerator<ReadonlyArray<Row>> =>
  jsonLinesRows(path, passing(localFile(path)))
