/**
 * Streams of rows from one part of a run to others: files in which rows and error rows stand in
 * their order, as structured clones, so that dates, bytes and big integers come back as they were.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { deserialize, serialize } from "node:v8"
import { crc32 } from "node:zlib"
import * as Schema from "effect/Schema"
import type { Row } from "../columns/Row.ts"
import { DataError } from "../data/rows/DataError.ts"
import type { Sink } from "../engine/nodes/LeafRun.ts"
import { RowFailed } from "../step/StepFailed.ts"

/** A row of a stream, and why it is an error row if it is one. */
export interface StreamItem {
  readonly row: Row
  readonly failure: RowFailed | undefined
}

/** What is written of an error row's failure. */
const failureFields = ["step", "reason", "detail", "attempts", "raw", "trace"] as const

const bufferedBytes = 1 << 20
/** Before each row: its length and its checksum. */
const headBytes = 8
/** The place of every so manieth row is noted. */
const noted = 1000

const Lengths = Schema.Record(Schema.String, Schema.Int)
/** The file that says how long the streams of a shard are. */
export const lengthsFile = "streams.json"

/** The files of a stream, by its number among those of a shard: its rows, and where they begin. */
export const streamFiles = (number: number): readonly [rows: string, index: string] => [
  `stream-${number}.rows`,
  `stream-${number}.index`
]

const pathOf = (folder: string, number: number): string => join(folder, streamFiles(number)[0])
const indexOf = (folder: string, number: number): string => join(folder, streamFiles(number)[1])

/** How many rows the streams of a shard have, by their names; undefined if nothing says so. */
export const streamLengths = (folder: string): Readonly<Record<string, number>> | undefined => {
  try {
    return Schema.decodeUnknownSync(Lengths)(
      JSON.parse(readFileSync(join(folder, lengthsFile), "utf8"))
    )
  } catch {
    return undefined
  }
}

/** Writes the streams of a shard into its folder. */
export class StreamWriters {
  readonly #folder: string
  readonly #writers: ReadonlyMap<string, StreamWriter>

  constructor(folder: string, names: ReadonlyArray<string>) {
    this.#folder = folder
    this.#writers = new Map(
      names.map((name, number) => [
        name,
        new StreamWriter(name, pathOf(folder, number), indexOf(folder, number))
      ])
    )
  }

  sink(name: string): Sink {
    return this.#writers.get(name)!
  }

  /** Completes all files. */
  close(): void {
    const lengths: Record<string, number> = {}
    for (const [name, writer] of this.#writers) lengths[name] = writer.close()
    writeFileSync(join(this.#folder, lengthsFile), JSON.stringify(lengths))
  }
}

class StreamWriter implements Sink {
  readonly #name: string
  readonly #path: string
  readonly #index: string
  readonly #places: Array<number> = []
  #file: number | undefined
  #length = 0
  #written = 0
  #buffer: Array<Buffer> = []
  #buffered = 0

  constructor(name: string, path: string, index: string) {
    this.#name = name
    this.#path = path
    this.#index = index
  }

  readonly row = (row: Row): void => this.#add([row])

  readonly error = (row: Row, failure: RowFailed): void =>
    this.#add([row, Object.fromEntries(failureFields.map((field) => [field, failure[field]]))])

  /** Completes the file; gives how many rows it has. */
  close(): number {
    this.#flush()
    this.#file ??= openSync(this.#path, "w")
    fsyncSync(this.#file)
    closeSync(this.#file)
    writeFileSync(this.#index, Buffer.from(Float64Array.from(this.#places).buffer))
    return this.#length
  }

  #add(item: ReadonlyArray<unknown>): void {
    let bytes
    try {
      bytes = serialize(item)
    } catch (thrown) {
      throw new DataError({
        action: "write",
        path: this.#path,
        detail: `a row that leaves '${this.#name}' holds what cannot go to another process: ${thrown instanceof Error ? thrown.message : String(thrown)}. Run the pipeline in one process, or have the step give plain values.`
      })
    }
    if (this.#length++ % noted === 0) this.#places.push(this.#written + this.#buffered)
    const head = Buffer.allocUnsafe(headBytes)
    head.writeUInt32LE(bytes.length, 0)
    head.writeUInt32LE(crc32(bytes), 4)
    this.#buffer.push(head, bytes)
    this.#buffered += headBytes + bytes.length
    if (this.#buffered > bufferedBytes) this.#flush()
  }

  #flush(): void {
    if (this.#buffered === 0) return
    const bytes = Buffer.concat(this.#buffer)
    this.#buffer = []
    this.#buffered = 0
    this.#file ??= openSync(this.#path, "w")
    for (let done = 0; done < bytes.length;)
      done += writeSync(this.#file, bytes, done, bytes.length - done)
    this.#written += bytes.length
  }
}

/** A stream in the folder of a shard, by its number among those of the part, with its length. */
export interface StreamFile {
  readonly folder: string
  readonly number: number
  readonly length: number
}

/** The rows of a stream that lies in several files, one after the other, from a row on. */
export function* readStream(
  files: ReadonlyArray<StreamFile>,
  offset: number
): Generator<StreamItem> {
  let before = 0
  for (const file of files) {
    if (offset < before + file.length) yield* readFile(file, Math.max(0, offset - before))
    before += file.length
  }
}

function* readFile({ folder, length, number }: StreamFile, from: number): Generator<StreamItem> {
  const path = pathOf(folder, number)
  const places = new Float64Array(Uint8Array.from(readFileSync(indexOf(folder, number))).buffer)
  const start = Math.floor(from / noted)
  let row = start * noted
  let at = places[start]!
  const file = openSync(path, "r")
  try {
    let rest = Buffer.alloc(0)
    while (row < length) {
      while (rest.length >= headBytes && rest.length >= headBytes + rest.readUInt32LE(0)) {
        const end = headBytes + rest.readUInt32LE(0)
        const bytes = rest.subarray(headBytes, end)
        if (crc32(bytes) !== rest.readUInt32LE(4)) throw damaged(path, row)
        if (row++ >= from) yield itemOf(deserialize(bytes) as Written)
        rest = rest.subarray(end)
      }
      if (row >= length) return
      const chunk = Buffer.allocUnsafe(bufferedBytes)
      const read = readSync(file, chunk, 0, bufferedBytes, at)
      if (read === 0) throw damaged(path, row)
      at += read
      rest = Buffer.concat([rest, chunk.subarray(0, read)])
    }
  } finally {
    closeSync(file)
  }
}

type Written = readonly [row: Row, failure?: ConstructorParameters<typeof RowFailed>[0]]

const itemOf = ([row, failure]: Written): StreamItem => ({
  row,
  failure:
    failure === undefined
      ? undefined
      : new RowFailed(
          // Fields that it does not have are not there at all.
          Object.fromEntries(
            Object.entries(failure).filter(([, value]) => value !== undefined)
          ) as ConstructorParameters<typeof RowFailed>[0]
        )
})

const damaged = (path: string, row: number): DataError =>
  new DataError({
    action: "read",
    path,
    detail: `it is damaged after row ${row}. Remove the folder that it is in and run again: its answers are kept.`
  })
