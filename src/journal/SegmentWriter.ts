/**
 * The segment that this process writes: entries that come together are written together, and each
 * is told when it is safe.
 */
import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from "node:fs"
import { join } from "node:path"
import { sealed } from "../disk/sealed.ts"
import { JournalError } from "./JournalError.ts"
import { type Place, segmentName } from "./segments.ts"

/** What entries survive: the end of the process, or that of the machine. */
export type Durability = "process" | "power"

/** Is told where an entry is, once it is safe, or why it is not. */
export type Written = (
  result: { readonly segment: string; readonly place: Place } | JournalError
) => void

interface Waiting {
  readonly line: string
  readonly written: Written
}

const mostBytes = 1 << 26
/** A character takes no more, and a pair of them four. */
const bytesOfCharacter = 3
/** More room than that is not kept. */
const mostRoom = 1 << 22

export class SegmentWriter {
  readonly #directory: string
  readonly #durability: Durability
  #segment = ""
  #file: number | undefined
  #bytes = 0
  #waiting: Array<Waiting> = []
  #scheduled = false
  #syncing = false
  #room = Buffer.alloc(0)

  constructor(directory: string, durability: Durability) {
    this.#directory = directory
    this.#durability = durability
  }

  /** Takes an entry to be written with those that come at the same time. */
  add(json: string, written: Written): void {
    this.#waiting.push({ line: `${sealed(json)}\n`, written })
    if (this.#scheduled || this.#syncing) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.flush()
    })
  }

  /** Writes all that waits. */
  flush(): void {
    const waiting = this.#waiting
    if (waiting.length === 0 || this.#syncing) return
    this.#waiting = []
    let places: ReadonlyArray<Place>
    try {
      places = this.#write(waiting)
    } catch (thrown) {
      const error = JournalError.of("write", join(this.#directory, this.#segment), thrown)
      for (const { written } of waiting) written(error)
      return
    }
    const segment = this.#segment
    const tell = (): void =>
      waiting.forEach(({ written }, i) => written({ segment, place: places[i]! }))
    if (this.#durability === "process") {
      tell()
      return
    }
    this.#syncing = true
    fdatasync(this.#file!, (thrown) => {
      this.#syncing = false
      if (thrown === null) tell()
      else
        for (const { written } of waiting)
          written(JournalError.of("write", join(this.#directory, segment), thrown))
      this.flush()
    })
  }

  close(): void {
    this.flush()
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  /** Room for so many characters; it is used again as soon as what was in it is written. */
  #roomFor(characters: number): Buffer {
    const most = characters * bytesOfCharacter
    if (most > mostRoom) return Buffer.allocUnsafe(most)
    if (this.#room.length < most)
      this.#room = Buffer.allocUnsafeSlow(Math.min(mostRoom, Math.max(most, this.#room.length * 2)))
    return this.#room
  }

  #write(waiting: ReadonlyArray<Waiting>): ReadonlyArray<Place> {
    if (this.#file === undefined || this.#bytes >= mostBytes) {
      if (this.#file !== undefined) closeSync(this.#file)
      this.#file = undefined
      this.#segment = segmentName()
      this.#file = openSync(join(this.#directory, this.#segment), "wx")
      this.#bytes = 0
    }
    let characters = 0
    for (const { line } of waiting) characters += line.length
    const room = this.#roomFor(characters)
    const places: Array<Place> = []
    let written = 0
    for (const { line } of waiting) {
      const length = room.write(line, written)
      places.push({ offset: this.#bytes + written, length: length - 1 })
      written += length
    }
    const bytes = room.subarray(0, written)
    const end = this.#bytes + written
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#bytes + done)
    } catch (thrown) {
      // Nothing half written stays, so that what comes later does not stand behind it.
      ftruncateSync(this.#file, this.#bytes)
      throw thrown
    }
    this.#bytes = end
    return places
  }
}
