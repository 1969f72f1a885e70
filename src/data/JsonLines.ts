/** JSON Lines files: one row a line, read and written row by row. */
import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import type { Row } from "../columns/Row.ts"
import { DataError } from "./DataError.ts"

const bufferedChars = 1 << 18

/** Writes rows to a file that takes its name only when it is complete: a crash leaves no half file under a good name. */
export class JsonLinesWriter {
  readonly path: string
  readonly #partial: string
  readonly #file: number
  #buffer = ""
  #closed = false
  count = 0

  constructor(path: string) {
    this.path = path
    this.#partial = `${path}.partial`
    mkdirSync(dirname(path), { recursive: true })
    this.#file = openSync(this.#partial, "w")
  }

  /** Adds a row. Throws a TypeError if it cannot be written as JSON. */
  write(row: Row): void {
    this.#buffer += `${JSON.stringify(row)}\n`
    this.count++
    if (this.#buffer.length > bufferedChars) this.#flush()
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
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written)
    } catch (thrown) {
      throw DataError.of("write", this.#partial, thrown)
    }
  }
}

/** Rows of a JSON Lines file, one at a time. A line that is no JSON object ends the reading with the line's number. */
export async function* readJsonLines(path: string): AsyncGenerator<Row> {
  let number = 0
  try {
    for await (const line of linesOf(path)) {
      number++
      const text = number === 1 && line.startsWith("\uFEFF") ? line.slice(1) : line
      if (text.trim() !== "") yield parsed(text, path, number)
    }
  } catch (thrown) {
    throw DataError.of("read", path, thrown)
  }
}

/** Lines that end in a line feed, and in nothing else: Node's readline also breaks at U+2028, which JSON text may hold. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = ""
  for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 18 })) {
    const lines = (rest + String(chunk)).split("\n")
    rest = lines.pop()!
    yield* lines
  }
  if (rest !== "") yield rest
}

const parsed = (line: string, path: string, number: number): Row => {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (thrown) {
    throw new DataError({ action: "read", path, line: number, detail: `it is no JSON: ${(thrown as Error).message}. Each line must be one JSON object.` })
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const found = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`
    throw new DataError({ action: "read", path, line: number, detail: `it is ${found}, not a row. Each line must be one JSON object.` })
  }
  return value as Row
}
