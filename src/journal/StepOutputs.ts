/**
 * Step outputs: what a step gave for each row, kept from run to run.
 *
 * A file for each run, a line for each row: its key, and the rows that came of it; lines that were
 * written together have one checksum. Keys are looked up in about the order in which they were
 * written, so a window that moves along the file takes the place of an index. A row that stands far
 * from where it was is worked out again.
 */
import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from "node:fs"
import { join } from "node:path"
import { TextBuffer } from "../disk/TextBuffer.ts"
import { blockHeader } from "./blocks.ts"
import { OutputWindow } from "./OutputWindow.ts"
import { writerName } from "./writers.ts"

const bufferedBytes = 1 << 18
const [tab, opening, comma, closing, lineFeed] = Buffer.from("\t[,]\n") as unknown as readonly [
  number,
  number,
  number,
  number,
  number
]
/** Files of so many runs are looked through, newest first. */
const mostFiles = 8

export class StepOutputs {
  readonly #directory: string
  readonly #scope: string
  readonly #windows: ReadonlyArray<OutputWindow>
  #file: number | undefined
  readonly #buffer = new TextBuffer()
  #broken = false

  /**
   * `scope` is what determines what the step makes of a row: outputs of another scope do not count,
   * wherever they lie.
   */
  constructor(directory: string, scope: string) {
    this.#directory = directory
    this.#scope = scope
    const names = namesIn(directory).toSorted().toReversed().slice(0, mostFiles)
    this.#windows = names.flatMap((name) => OutputWindow.open(join(directory, name), scope))
  }

  /** The rows that came of a row, as JSON; undefined if they are not known. */
  find(key: string): string | undefined {
    for (const window of this.#windows) {
      const found = window.take(key)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Keeps what came of a row: a text, or several as a list. */
  keep(key: string, json: string | ReadonlyArray<string>): void {
    if (this.#broken) return
    const buffer = this.#buffer
    buffer.add(key)
    buffer.addByte(tab)
    if (typeof json === "string") buffer.add(json)
    else {
      buffer.addByte(opening)
      json.forEach((each, i) => {
        if (i > 0) buffer.addByte(comma)
        buffer.add(each)
      })
      buffer.addByte(closing)
    }
    buffer.addByte(lineFeed)
    if (buffer.length > bufferedBytes) this.flush()
  }

  /**
   * Writes what is kept so far. Where that cannot be, nothing more is kept: the rows are worked out
   * again another time.
   */
  flush(): void {
    if (this.#buffer.length === 0 || this.#broken) return
    const body = this.#buffer.take()
    try {
      if (this.#file === undefined) {
        mkdirSync(this.#directory, { recursive: true })
        const name = `${writerName()}.jsonl`
        this.#file = openSync(join(this.#directory, name), "a")
      }
      for (const bytes of [blockHeader(body, this.#scope), body])
        for (let written = 0; written < bytes.length;)
          written += writeSync(this.#file, bytes, written)
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
