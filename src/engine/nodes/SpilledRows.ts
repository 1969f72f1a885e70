/**
 * Spilled rows: rows that wait until all have come, in memory as long as they are few, in a file of
 * the run's beyond.
 */
import { closeSync, openSync, readdirSync, readSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { deserialize, serialize } from "node:v8"
import { crc32 } from "node:zlib"
import type { Row } from "../../columns/Row.ts"
import { DataError } from "../../data/rows/DataError.ts"

const bufferedBytes = 1 << 20
/** Before each row: its index, its length and its checksum. */
const headBytes = 12

/** Removes what a run that was killed has left waiting in its folder. */
export const clearSpilled = (directory: string): void => {
  for (const name of readdirSync(directory))
    if (name.startsWith(spillPrefix))
      rmSync(join(directory, name), { recursive: true, force: true })
}

/** Hidden, and told apart from what is to stay. */
const spillPrefix = ".waiting-"

/** The name of a file for rows that wait. */
export const spillName = (number: number, node: string): string =>
  `${spillPrefix}${number}-${node.replaceAll(/[^\w.-]/g, "_").slice(0, 80)}`

export class SpilledRows implements Iterable<Row> {
  readonly #path: string
  readonly #inMemory: number
  /** The first rows, and those that cannot be written, by their index. */
  readonly #held = new Map<number, Row>()
  #length = 0
  #file: number | undefined
  #written = 0
  #buffer: Array<Buffer> = []
  #buffered = 0

  /** `path` is that of the file, should there be one; `inMemory` the number of rows that need none. */
  constructor(path: string, inMemory: number) {
    this.#path = path
    this.#inMemory = inMemory
  }

  get length(): number {
    return this.#length
  }

  push(row: Row): void {
    const index = this.#length++
    if (index < this.#inMemory) {
      this.#held.set(index, row)
      return
    }
    let bytes
    try {
      // As structured clones are: dates, bytes and big integers come back as they were.
      bytes = serialize(row)
    } catch {
      this.#held.set(index, row)
      return
    }
    const head = Buffer.allocUnsafe(headBytes)
    head.writeUInt32LE(index, 0)
    head.writeUInt32LE(bytes.length, 4)
    head.writeUInt32LE(crc32(bytes), 8)
    this.#buffer.push(head, bytes)
    this.#buffered += headBytes + bytes.length
    if (this.#buffered > bufferedBytes) this.#flush()
  }

  /** The rows in their order, read anew each time. */
  *[Symbol.iterator](): Generator<Row> {
    this.#flush()
    const file = this.#read()
    let next = file.next()
    for (let index = 0; index < this.#length; index++) {
      if (next.done !== true && next.value[0] === index) {
        yield next.value[1]
        next = file.next()
      } else {
        yield this.#held.get(index)!
      }
    }
  }

  /** Lets go of all rows. */
  clear(): void {
    this.#held.clear()
    this.#length = 0
    this.#buffer = []
    this.#buffered = 0
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
    rmSync(this.#path, { force: true })
  }

  *#read(): Generator<readonly [number, Row]> {
    let rest = Buffer.alloc(0)
    let at = 0
    while (this.#file !== undefined && (at < this.#written || rest.length > 0)) {
      while (rest.length >= headBytes && rest.length >= headBytes + rest.readUInt32LE(4)) {
        const end = headBytes + rest.readUInt32LE(4)
        const bytes = rest.subarray(headBytes, end)
        if (crc32(bytes) !== rest.readUInt32LE(8)) throw this.#changed()
        yield [rest.readUInt32LE(0), deserialize(bytes) as Row]
        rest = rest.subarray(end)
      }
      // All was read, and nothing is left over.
      if (at >= this.#written && rest.length === 0) return
      const chunk = Buffer.allocUnsafe(bufferedBytes)
      const length = readSync(this.#file, chunk, 0, bufferedBytes, at)
      if (length === 0) throw this.#changed()
      at += length
      rest = Buffer.concat([rest, chunk.subarray(0, length)])
    }
  }

  #changed(): DataError {
    return new DataError({
      action: "read",
      path: this.#path,
      detail:
        "rows that wait there were changed while the run was under way. Run again: what was done before is kept."
    })
  }

  #flush(): void {
    if (this.#buffered === 0) return
    const bytes = Buffer.concat(this.#buffer)
    this.#buffer = []
    this.#buffered = 0
    try {
      this.#file ??= openSync(this.#path, "w+")
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#file, bytes, done, bytes.length - done, this.#written + done)
      this.#written += bytes.length
    } catch (thrown) {
      throw DataError.of("write", this.#path, thrown)
    }
  }
}
