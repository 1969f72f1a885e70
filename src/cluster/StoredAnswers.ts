/**
 * The answers of a shard of a run in an object store. Segments grow on this machine; what has come
 * to them is put into the store every few seconds, each time as an object of its own, and attempts
 * on other machines begin with all that is there.
 */
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { inTurn } from "../data/stores/inTurn.ts"
import type { ObjectStore, StoredObject } from "../data/stores/ObjectStore.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { segmentNames } from "../journal/segments.ts"

/** So much is lost at most when a machine goes down for good. */
const everyMs = 5000

/** A piece of a segment, by where it begins there: `SEGMENT@120.jsonl`. */
const pieceName = /^(.*)@(\d+)\.jsonl$/

export class StoredAnswers {
  readonly #store: ObjectStore
  readonly #key: string
  readonly #folder: string
  readonly #pieces: ReadonlyArray<StoredObject>
  /** How much of each segment of this machine is in the store. */
  readonly #kept = new Map<string, number>()

  private constructor(
    store: ObjectStore,
    key: string,
    folder: string,
    pieces: ReadonlyArray<StoredObject>
  ) {
    this.#store = store
    this.#key = key
    this.#folder = folder
    this.#pieces = pieces
    for (const { key: piece, size } of pieces) {
      const [, segment = "", from = "0"] = pieceName.exec(basename(piece)) ?? []
      this.#kept.set(segment, Math.max(this.#kept.get(segment) ?? 0, Number(from) + size))
    }
  }

  /** Looks what the store has under a key; `folder` is where segments are here. */
  static async open(store: ObjectStore, key: string, folder: string): Promise<StoredAnswers> {
    return new StoredAnswers(store, key, folder, await store.list(key))
  }

  /** Brings what other machines have put there. */
  async bring(): Promise<void> {
    const missing = this.#pieces.filter(({ key }) => {
      const [, segment] = pieceName.exec(basename(key)) ?? []
      return (
        segment !== undefined &&
        !existsSync(join(this.#folder, `${segment}.jsonl`)) &&
        !existsSync(join(this.#folder, basename(key)))
      )
    })
    if (missing.length > 0) makeFolder(this.#folder)
    await inTurn(missing, async (piece) => {
      const bytes = Buffer.concat(await Array.fromAsync(this.#store.read(piece)))
      writeFileSync(join(this.#folder, basename(piece.key)), bytes)
    })
  }

  /** Puts there what comes, every few seconds, and the rest when what it gives is called. */
  keep(): () => Promise<void> {
    let putting: Promise<void> = Promise.resolve()
    const put = (): Promise<void> => {
      // One that failed is tried again with the next.
      putting = putting.then(
        () => this.#put(),
        () => this.#put()
      )
      return putting
    }
    const timer = setInterval(() => void put().catch(() => {}), everyMs)
    return () => {
      clearInterval(timer)
      return put()
    }
  }

  async #put(): Promise<void> {
    for (const name of segmentNames(this.#folder)) {
      if (pieceName.test(name)) continue
      const segment = name.slice(0, -".jsonl".length)
      const from = this.#kept.get(segment) ?? 0
      const text = linesFrom(join(this.#folder, name), from)
      if (text.length === 0) continue
      const key = `${this.#key}${segment}@${from}.jsonl`
      await this.#store.put([{ key, content: { text: text.toString() } }])
      this.#kept.set(segment, from + text.length)
    }
  }
}

/** The complete lines of a file from an offset on. */
const linesFrom = (path: string, from: number): Buffer => {
  const bytes = Buffer.alloc(Math.max(0, statSync(path).size - from))
  const file = openSync(path, "r")
  try {
    const length = readSync(file, bytes, 0, bytes.length, from)
    return bytes.subarray(0, bytes.subarray(0, length).lastIndexOf(10) + 1)
  } finally {
    closeSync(file)
  }
}
