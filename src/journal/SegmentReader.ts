/** Reading answers at their places in the segments of a folder. */
import { closeSync, openSync, readSync } from "node:fs"
import { join } from "node:path"
import { unsealed } from "../disk/sealed.ts"
import type { LoggedResponse } from "./LoggedResponse.ts"
import type { Located } from "./segments.ts"

/** Segments that are open to be read. */
const mostOpen = 64

export class SegmentReader {
  readonly #directory: string
  readonly #open = new Map<string, number>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** The answer at a place; undefined if it is damaged, gone, or that of another key. */
  read(key: string, located: Located): LoggedResponse | undefined {
    const text = this.#read(located)
    const entry = text === undefined ? undefined : (JSON.parse(text) as LoggedResponse)
    return entry?.key === key ? entry : undefined
  }

  close(): void {
    for (const file of this.#open.values()) closeSync(file)
    this.#open.clear()
  }

  #read({ length, offset, segment }: Located): string | undefined {
    try {
      const bytes = Buffer.allocUnsafe(length)
      const read = readSync(this.#fileOf(segment), bytes, 0, length, offset)
      return read === length ? unsealed(bytes.toString("utf8")) : undefined
    } catch {
      return undefined
    }
  }

  #fileOf(segment: string): number {
    const known = this.#open.get(segment)
    if (known !== undefined) return known
    if (this.#open.size >= mostOpen) {
      const [[oldest, file]] = this.#open as unknown as [[string, number]]
      closeSync(file)
      this.#open.delete(oldest)
    }
    const file = openSync(join(this.#directory, segment), "r")
    this.#open.set(segment, file)
    return file
  }
}
