/** Shards: the files that the rows of a split are written to, one after the other. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs"
import type { Row } from "../../../columns/Row.ts"
import { DataError } from "../../rows/DataError.ts"

/** A file of rows under way. */
export interface Shard {
  readonly write: (rows: ReadonlyArray<Row>) => void
  /** Writes what is left; gives the bytes of the file. */
  readonly close: () => number
}

/** A file that bytes are written to, one after the other. */
export class ByteFile {
  readonly #path: string
  readonly #file: number
  #size = 0

  constructor(path: string) {
    this.#path = path
    try {
      this.#file = openSync(path, "wx")
    } catch (thrown) {
      throw DataError.of("write", path, thrown)
    }
  }

  write(bytes: Uint8Array): void {
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(this.#file, bytes, done, bytes.length - done)
      this.#size += bytes.length
    } catch (thrown) {
      throw DataError.of("write", this.#path, thrown)
    }
  }

  /** Closes it; gives its size. */
  close(): number {
    try {
      fsyncSync(this.#file)
    } catch (thrown) {
      throw DataError.of("write", this.#path, thrown)
    } finally {
      closeSync(this.#file)
    }
    return this.#size
  }
}
