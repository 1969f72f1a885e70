/** The leases of another log, as far as its file tells. */
import { closeSync, openSync, readSync, statSync } from "node:fs"
import type { Located } from "./segments.ts"

const line = /^([-+!=])([0-9a-f]{32})(?: (\S+) (\d+) (\d+))?$/

export class PeerLeases {
  readonly #path: string
  #inode = 0
  #offset = 0
  #modified = 0
  /** When its file was last seen to have changed, by the clock of this process. */
  changedAt = 0
  #rest = ""
  /** Questions that are asked: how many askers each has, and how many of them have decided to go on. */
  readonly #open = new Map<string, number>()
  readonly #decided = new Map<string, number>()
  /** Where answers are that this log got of late. */
  readonly answers = new Map<string, Array<Located>>()

  constructor(path: string) {
    this.#path = path
  }

  /** How many of its askers ask a question now. */
  decided(key: string): number {
    return this.#decided.get(key) ?? 0
  }

  /** How many are about to, but may give way. */
  undecided(key: string): number {
    return (this.#open.get(key) ?? 0) - this.decided(key)
  }

  /** Reads on. A file that was begun again is read from its beginning. */
  read(now: number): void {
    const stat = statSync(this.#path, { throwIfNoEntry: false })
    if (stat?.mtimeMs !== this.#modified) {
      this.#modified = stat?.mtimeMs ?? 0
      this.changedAt = now
    }
    if (stat === undefined) {
      this.#open.clear()
      this.#decided.clear()
      return
    }
    if (stat.ino !== this.#inode || stat.size < this.#offset) {
      this.#inode = stat.ino
      this.#offset = 0
      this.#rest = ""
      this.#open.clear()
      this.#decided.clear()
      // What it answered before is in the index by now.
      this.answers.clear()
    }
    if (stat.size > this.#offset) this.#take(stat.size - this.#offset)
  }

  #take(length: number): void {
    let file
    try {
      file = openSync(this.#path, "r")
    } catch {
      return
    }
    const bytes = Buffer.allocUnsafe(length)
    const read = readSync(file, bytes, 0, length, this.#offset)
    closeSync(file)
    this.#offset += read
    const lines = `${this.#rest}${bytes.toString("latin1", 0, read)}`.split("\n")
    this.#rest = lines.pop()!
    for (const each of lines) this.#heed(each)
  }

  #heed(text: string): void {
    const [, kind, key = "", segment, offset, length] = line.exec(text) ?? []
    if (kind === "+") add(this.#open, key, 1)
    else if (kind === "!") add(this.#decided, key, 1)
    else if (kind !== undefined) {
      add(this.#open, key, -1)
      if (this.decided(key) > (this.#open.get(key) ?? 0)) add(this.#decided, key, -1)
    }
    if (kind === "=" && segment !== undefined)
      this.answers.set(key, [
        ...(this.answers.get(key) ?? []),
        { segment, offset: Number(offset), length: Number(length) }
      ])
  }
}

const add = (counts: Map<string, number>, key: string, more: number): void => {
  const count = (counts.get(key) ?? 0) + more
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
