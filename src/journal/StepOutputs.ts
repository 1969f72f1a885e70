/**
 * Step outputs: what a step gave for each row, kept from run to run.
 *
 * A file for each run, a line for each row: its key, and the rows that came of it; lines that were written together have one checksum. Keys are looked up in about the order in which they were
 * written, so a window that moves along the file takes the place of an index. A row that stands far from where it was is worked out again.
 */
import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from "node:fs"
import { join } from "node:path"
import { blockOf } from "./blocks.ts"
import { OutputWindow } from "./OutputWindow.ts"
import { writerName } from "./writers.ts"

const bufferedChars = 1 << 18
/** Files of so many runs are looked through, newest first. */
const mostFiles = 8

export class StepOutputs {
  readonly #directory: string
  readonly #scope: string
  readonly #windows: ReadonlyArray<OutputWindow>
  #file: number | undefined
  #buffer = ""
  #broken = false

  /** `scope` is what determines what the step makes of a row: outputs of another scope do not count, wherever they lie. */
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

  /** Keeps the rows that came of a row. */
  keep(key: string, json: string): void {
    if (this.#broken) return
    this.#buffer += `${key} ${json}\n`
    if (this.#buffer.length > bufferedChars) this.flush()
  }

  /** Writes what is kept so far. Where that cannot be, nothing more is kept: the rows are worked out again another time. */
  flush(): void {
    if (this.#buffer === "" || this.#broken) return
    const bytes = blockOf(this.#buffer, this.#scope)
    this.#buffer = ""
    try {
      if (this.#file === undefined) {
        mkdirSync(this.#directory, { recursive: true })
        const name = `${writerName()}.jsonl`
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
