/** Row sequences: the rows of several files as one source, in order or shuffled, that can be begun anywhere. */
import type { Row } from "../columns/Row.ts"
import type { Shape } from "../columns/Shape.ts"
import type { ByteSource } from "./ByteSource.ts"
import { DataError } from "./DataError.ts"
import { misfits, rowFitter, rowMisfits } from "./declared.ts"
import { type FileFormat, openRowFile } from "./FileFormat.ts"
import { randomNumbers, shuffled } from "./random.ts"
import { type RowFile, skipping } from "./RowFile.ts"

/** A file of a sequence. */
export interface SequenceFile {
  readonly source: ByteSource
  readonly format: FileFormat
  /** How many rows it has, if that is known without opening it. */
  readonly length?: number | undefined
}

/** How rows are shuffled: all of them if they are not more than the buffer, else each among that many after it. */
export interface Shuffle {
  readonly seed: number
  /** Rows that are in memory to be chosen from. Default 10,000. */
  readonly bufferSize?: number | undefined
}

export interface SequenceOptions {
  /** The columns of the rows: if they are all that are wanted, no others are read. */
  readonly declared: Shape
  /** At most so many rows. */
  readonly numExamples?: number | undefined
  readonly shuffle?: Shuffle | undefined
  /** How many rows there are, if that is known. */
  readonly length?: number | undefined
}

/** Rows that can be read from any position on. */
export interface RowSequence {
  readonly length: number | undefined
  readonly chunks: (offset: number) => AsyncGenerator<ReadonlyArray<Row>>
}

/** More footers than these are not read only to know how many rows there are. */
const mostCounted = 64

/** Opens a sequence. The first file is checked against the declared columns at once, each other one when its turn comes. */
export const openSequence = async (files: ReadonlyArray<SequenceFile>, options: SequenceOptions): Promise<RowSequence> => {
  const { numExamples = Infinity, shuffle } = options
  const [first] = files
  if (first !== undefined) await (await opened(first, options.declared)).close()
  const total = options.length ?? (await countedRows(files, options.declared))
  return {
    length: total === undefined ? undefined : Math.min(total, numExamples),
    chunks: (offset) => {
      const rows = shuffle === undefined ? inOrder(files, options.declared, offset) : skipping(inBuffer(files, options.declared, shuffle), offset)
      return numExamples === Infinity ? rows : taking(rows, numExamples - offset)
    }
  }
}

const countedRows = async (files: ReadonlyArray<SequenceFile>, declared: Shape): Promise<number | undefined> => {
  if (files.length > mostCounted || files.some(({ format, length }) => length === undefined && format.type !== "parquet")) return undefined
  let sum = 0
  for (const file of files) sum += file.length ?? (await lengthOf(file, declared))
  return sum
}

const lengthOf = async (file: SequenceFile, declared: Shape): Promise<number> => {
  const rows = await opened(file, declared)
  await rows.close()
  return rows.length ?? 0
}

/** A file that was found to have the declared columns, with rows that have their types. */
const opened = async ({ format, source }: SequenceFile, declared: Shape): Promise<RowFile> => {
  const file = await openRowFile(source, format)
  const wanted = declared.open ? undefined : Object.keys(declared.columns)
  const fit = rowFitter(declared.columns, file.fields, format.type === "csv" || format.type === "tsv")
  const expect = (wrong: ReadonlyArray<string>): void => {
    if (wrong.length > 0) throw new DataError({ action: "read", path: source.name, detail: `${wrong.join("; ")}. Correct the columns declared for this step, or the file.` })
  }
  const chunks: RowFile["chunks"] = async function*({ offset } = {}) {
    for await (const rows of file.chunks({ columns: wanted, offset })) {
      if (fit !== undefined) rows.forEach(fit)
      yield rows
    }
  }
  try {
    if (file.fields !== undefined) expect(misfits(declared, file.fields))
    else expect(await firstMisfits(file, declared, fit))
  } catch (thrown) {
    await file.close()
    throw thrown
  }
  return { ...file, chunks }
}

/** Where only rows tell what columns a file has, the first one does. */
const firstMisfits = async (file: RowFile, declared: Shape, fit: ((row: Row) => void) | undefined): Promise<ReadonlyArray<string>> => {
  if (Object.keys(declared.columns).length === 0) return []
  for await (const [row] of file.chunks()) {
    if (row === undefined) continue
    fit?.(row)
    return rowMisfits(declared, row)
  }
  return []
}

async function* inOrder(files: ReadonlyArray<SequenceFile>, declared: Shape, offset: number): AsyncGenerator<ReadonlyArray<Row>> {
  let before = offset
  for (const [i, next] of files.entries()) {
    if (next.length !== undefined && before >= next.length) {
      before -= next.length
      continue
    }
    const file = await opened(next, declared)
    try {
      if (file.length !== undefined && before >= file.length) {
        before -= file.length
        continue
      }
      // How many rows a file has may be known only once they are read; of the last one nobody needs to know.
      let seen = file.length === undefined && i < files.length - 1 ? 0 : before
      for await (const rows of file.chunks({ offset: seen })) {
        const rest = before - seen
        seen += rows.length
        if (rest <= 0) yield rows
        else if (rest < rows.length) yield rows.slice(rest)
      }
      before = Math.max(0, before - seen)
    } finally {
      await file.close()
    }
  }
}

/** Files in another order, and each row drawn from a buffer that the next one fills up. */
async function* inBuffer(files: ReadonlyArray<SequenceFile>, declared: Shape, { bufferSize = 10_000, seed }: Shuffle): AsyncGenerator<ReadonlyArray<Row>> {
  const random = randomNumbers(seed)
  let buffer: Array<Row> = []
  for await (const rows of inOrder(shuffled(files, random), declared, 0)) {
    const drawn: Array<Row> = []
    for (const row of rows) {
      if (buffer.length < bufferSize) {
        buffer.push(row)
        continue
      }
      const chosen = Math.floor(random() * buffer.length)
      drawn.push(buffer[chosen]!)
      buffer[chosen] = row
    }
    if (drawn.length > 0) yield drawn
  }
  buffer = shuffled(buffer, random)
  if (buffer.length > 0) yield buffer
}

async function* taking(chunks: AsyncIterable<ReadonlyArray<Row>>, count: number): AsyncGenerator<ReadonlyArray<Row>> {
  let left = count
  if (left <= 0) return
  for await (const rows of chunks) {
    yield rows.length <= left ? rows : rows.slice(0, left)
    left -= rows.length
    if (left <= 0) return
  }
}
