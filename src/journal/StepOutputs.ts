/**
 * Step outputs: what a step gave for each row, kept from run to run.
 *
 * A file for each run, a line for each row: its key, and the rows that came of it. Keys are looked up in about the order in which they were
 * written, so a window that moves along the file takes the place of an index: memory stays the same however long the file is. A row that
 * stands far from where it was is worked out again.
 */
import { randomBytes } from "node:crypto"
import { closeSync, mkdirSync, openSync, readdirSync, readSync, writeSync } from "node:fs"
import { join } from "node:path"
import { sealed, unsealed } from "./sealed.ts"

const chunkBytes = 1 << 20
const bufferedChars = 1 << 18
/** So many entries of a file, or characters of them, are looked over at once. */
const windowSize = 50_000
const windowChars = 1 << 26
/** Files of so many runs are looked through, newest first. */
const mostFiles = 8

export class StepOutputs {
  readonly #directory: string
  readonly #windows: ReadonlyArray<Window>
  #file: number | undefined
  #buffer = ""
  #broken = false

  /** `directory` is that of one step: of all that determines what it makes of a row. */
  constructor(directory: string) {
    this.#directory = directory
    const names = namesIn(directory).toSorted().toReversed().slice(0, mostFiles)
    this.#windows = names.flatMap((name) => Window.open(join(directory, name)))
  }

  /** The rows that came of a row, as JSON; undefined if they are not known. */
  find(key: string): string | undefined {
    for (const window of this.#windows) {
      const found = window.take(key)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Keeps the rows that came of a row. */
  keep(key: string, json: string): void {
    if (this.#broken) return
    this.#buffer += `${sealed(`${key} ${json}`)}\n`
    if (this.#buffer.length > bufferedChars) this.flush()
  }

  /** Writes what is kept so far. Where that cannot be, nothing more is kept: the rows are worked out again another time. */
  flush(): void {
    if (this.#buffer === "" || this.#broken) return
    const bytes = Buffer.from(this.#buffer)
    this.#buffer = ""
    try {
      if (this.#file === undefined) {
        mkdirSync(this.#directory, { recursive: true })
        const name = `${Date.now().toString(36)}-${process.pid}-${randomBytes(3).toString("hex")}.jsonl`
        this.#file = openSync(join(this.#directory, name), "a")
      }
      for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written)
    } catch {
      this.#broken = true
    }
  }

  close(): void {
    for (const window of this.#windows) window.close()
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

const namesIn = (directory: string): ReadonlyArray<string> => {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

/** A view of a file's entries that moves on when something behind it is asked for. */
class Window {
  readonly #file: number
  readonly #entries = new Map<string, string>()
  #chars = 0
  readonly #chunk = Buffer.allocUnsafe(chunkBytes)
  #rest: Buffer = Buffer.alloc(0)
  #lines: Array<string> = []
  #next = 0
  #ended = false

  private constructor(file: number) {
    this.#file = file
  }

  /** None if the file cannot be read: its rows are worked out again. */
  static open(path: string): ReadonlyArray<Window> {
    try {
      return [new Window(openSync(path, "r"))]
    } catch {
      return []
    }
  }

  take(key: string): string | undefined {
    const known = this.#entries.get(key)
    if (known !== undefined) {
      this.#forget(key, known)
      return known
    }
    // A row that is new costs one look over the window, then an entry each: entries that nobody asked for leave in the order they came.
    let looks = Math.max(1, windowSize - this.#entries.size)
    while (looks-- > 0) {
      const line = this.#line()
      if (line === undefined) return undefined
      const text = unsealed(line)
      if (text === undefined) continue
      const space = text.indexOf(" ")
      const json = text.slice(space + 1)
      const found = text.slice(0, space)
      if (found === key) return json
      this.#entries.set(found, json)
      this.#chars += json.length
      if (this.#entries.size > windowSize || this.#chars > windowChars) {
        const [oldest] = this.#entries
        this.#forget(...oldest!)
      }
    }
    return undefined
  }

  #forget(key: string, json: string): void {
    this.#entries.delete(key)
    this.#chars -= json.length
  }

  close(): void {
    closeSync(this.#file)
  }

  #line(): string | undefined {
    while (this.#next >= this.#lines.length) {
      if (this.#ended) return undefined
      this.#read()
    }
    return this.#lines[this.#next++]
  }

  #read(): void {
    let length = 0
    try {
      length = readSync(this.#file, this.#chunk, 0, chunkBytes, null)
    } catch {
      // A file that cannot be read on has told all it can.
    }
    this.#ended = length === 0
    const bytes = Buffer.concat([this.#rest, this.#chunk.subarray(0, length)])
    const end = this.#ended ? bytes.length : bytes.lastIndexOf(10) + 1
    this.#rest = bytes.subarray(end)
    this.#lines = bytes.toString("utf8", 0, end).split("\n")
    this.#next = 0
  }
}
