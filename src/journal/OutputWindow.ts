/**
 * A window over a file of step outputs, which moves along as they are asked for.
 *
 * As long as rows come in the order of the file, each is the next line. A row that is not there has
 * the window opened: two halves of entries that were read ahead. It moves on by a half, and forgets
 * one, when rows come out of the later half, or when as many rows as a half holds were not there:
 * so rows may be new, gone, or stand elsewhere, and neither time nor memory grows with the file.
 */
import { closeSync, openSync } from "node:fs"
import { blocksIn } from "./blocks.ts"

/** A half holds so many entries, or characters of them. */
const halfSize = 25_000
const halfChars = 1 << 25

/** Entries that were read ahead and not taken yet. */
class Half {
  readonly entries = new Map<string, string>()
  #read = 0
  #chars = 0

  add(key: string, json: string): void {
    this.entries.set(key, json)
    this.#read++
    this.#chars += json.length
  }

  get begun(): boolean {
    return this.#read > 0
  }

  get full(): boolean {
    return this.#read >= halfSize || this.#chars >= halfChars
  }
}

export class OutputWindow {
  readonly #file: number
  #earlier = new Half()
  #later = new Half()
  /** Rows that were not there since the window moved. */
  #missed = 0
  readonly #blocks: Generator<string>
  #lines: ReadonlyArray<string> = []
  #next = 0

  private constructor(file: number, scope: string) {
    this.#file = file
    this.#blocks = blocksIn(file, scope)
  }

  /** None if the file cannot be read: its rows are worked out again. */
  static open(path: string, scope: string): ReadonlyArray<OutputWindow> {
    try {
      return [new OutputWindow(openSync(path, "r"), scope)]
    } catch {
      return []
    }
  }

  /** The output under a key; undefined if it is not in the window. */
  take(key: string): string | undefined {
    const early = this.#earlier.entries.get(key)
    if (early !== undefined) {
      this.#earlier.entries.delete(key)
      return early
    }
    const late = this.#later.entries.get(key)
    if (late !== undefined) {
      this.#later.entries.delete(key)
      this.#move()
      return late
    }
    const next = this.#grow(key)
    if (next === undefined && ++this.#missed >= halfSize) this.#move()
    return next
  }

  close(): void {
    closeSync(this.#file)
  }

  /**
   * The next output, if it is the one that is asked for; else what is read until it comes, or the
   * window is full, is kept in mind.
   */
  #grow(key: string): string | undefined {
    if (this.#earlier.entries.size + this.#later.entries.size === 0) {
      this.#earlier = new Half()
      this.#later = new Half()
      this.#missed = 0
    }
    return (
      (this.#later.begun ? undefined : this.#fill(this.#earlier, key)) ??
      this.#fill(this.#later, key)
    )
  }

  #move(): void {
    this.#missed = 0
    const later = new Half()
    this.#fill(later)
    // At the end of the file there is nothing to move on to.
    if (!later.begun) return
    this.#earlier = this.#later
    this.#later = later
  }

  /** Reads until the half is full; stops at a key, and gives its output. */
  #fill(half: Half, wanted?: string): string | undefined {
    while (!half.full) {
      const line = this.#line()
      if (line === undefined) return undefined
      const tab = line.indexOf("\t")
      const key = line.slice(0, tab)
      const json = line.slice(tab + 1)
      if (key === wanted) return json
      half.add(key, json)
    }
    return undefined
  }

  #line(): string | undefined {
    while (this.#next >= this.#lines.length) {
      const { done, value } = this.#blocks.next()
      if (done === true) return undefined
      // Each line ends with a line feed.
      this.#lines = value.slice(0, -1).split("\n")
      this.#next = 0
    }
    return this.#lines[this.#next++]
  }
}
