/**
 * Row sequences: the rows of several files as one source, in order or shuffled, that can be begun
 * anywhere.
 */
import { drawn, randomNumbers, shuffled } from "../../columns/random.ts"
import type { Row } from "../../columns/Row.ts"
import type { Shape } from "../../columns/Shape.ts"
import type { ByteSource } from "../rows/ByteSource.ts"
import type { Field } from "../rows/cells.ts"
import { DataError } from "../rows/DataError.ts"
import { misfits, rowFitter, rowMisfits } from "../rows/declared.ts"
import { type RowFile, skipping } from "../rows/RowFile.ts"
import { type FileFormat, openRowFile } from "./FileFormat.ts"
import { type Images, withImages } from "./imageFolder.ts"

/** A file of a sequence. */
export interface SequenceFile {
  readonly source: ByteSource
  readonly format: FileFormat
  /** The images that its rows name, if they do. */
  readonly images?: Images | undefined
  /** How many rows it has, if that is known without opening it. */
  readonly length?: number | undefined
}

/**
 * How rows are shuffled: all of them if they are not more than the buffer, else each among that
 * many after it.
 */
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
  /** Whether files are at hand, so that they may be asked how many rows they have. */
  readonly counts?: boolean | undefined
}

/** Rows that can be read from any position on. */
export interface RowSequence {
  readonly length: number | undefined
  /** The columns with their types in the first file, if it says them. */
  readonly fields: ReadonlyArray<Field>
  readonly chunks: (offset: number) => AsyncGenerator<ReadonlyArray<Row>>
}

/** More footers than these are not read only to know how many rows there are. */
const mostCounted = 64

/**
 * Opens a sequence. The first file is checked against the declared columns at once, by its schema
 * or its first row. Others that have a schema are when their turn comes; of those that have none,
 * each row is on its own.
 */
export const openSequence = async (
  files: ReadonlyArray<SequenceFile>,
  options: SequenceOptions
): Promise<RowSequence> => {
  const { counts = false, declared, numExamples = Infinity, shuffle } = options
  const [first] = files
  const fields = first === undefined ? [] : await check(first, declared)
  const total = options.length ?? (counts ? await countedRows(files) : undefined)
  return {
    length: total === undefined ? undefined : Math.min(total, numExamples),
    fields,
    chunks: (offset) => {
      const rows =
        shuffle === undefined
          ? inOrder(files, declared, offset)
          : skipping(inBuffer(files, declared, shuffle), offset)
      return numExamples === Infinity ? rows : taking(rows, numExamples - offset)
    }
  }
}

const countedRows = async (files: ReadonlyArray<SequenceFile>): Promise<number | undefined> => {
  if (
    files.length > mostCounted ||
    files.some(({ format, length }) => length === undefined && format.type !== "parquet")
  )
    return undefined
  let sum = 0
  for (const { format, length, source } of files) {
    if (length !== undefined) {
      sum += length
      continue
    }
    const file = await openRowFile(source, format)
    await file.close()
    sum += file.length ?? 0
  }
  return sum
}

/** Checks a file against the declared columns; gives the columns that it says it has. */
const check = async (first: SequenceFile, declared: Shape): Promise<ReadonlyArray<Field>> => {
  // With all its columns, so that a message can name them.
  const file = await opened(first, { ...declared, open: true })
  try {
    if (file.fields !== undefined) return file.fields
    for await (const [row] of file.chunks()) {
      if (row === undefined) continue
      expectNone(rowMisfits(declared, row), first)
      break
    }
    return file.stored ?? []
  } finally {
    await file.close()
  }
}

const expectNone = (wrong: ReadonlyArray<string>, { source }: SequenceFile): void => {
  if (wrong.length > 0)
    throw new DataError({
      action: "read",
      path: source.name,
      detail: `${wrong.join("; ")}. Correct the columns declared for this step, or the file.`
    })
}

/**
 * A file whose schema, if it has one, has the declared columns, and whose rows have their types
 * where there is one way to say the same.
 */
const opened = async (of: SequenceFile, declared: Shape): Promise<RowFile> => {
  const plain = await openRowFile(of.source, of.format)
  const file = of.images === undefined ? plain : withImages(plain, of.images)
  const wanted = declared.open ? undefined : Object.keys(declared.columns)
  const fit = rowFitter(
    declared.columns,
    file.fields,
    of.format.type === "csv" || of.format.type === "tsv"
  )
  try {
    if (file.fields !== undefined) expectNone(misfits(declared, file.fields), of)
  } catch (thrown) {
    await file.close()
    throw thrown
  }
  const chunks: RowFile["chunks"] = async function* ({ offset } = {}) {
    for await (const rows of file.chunks({ columns: wanted, offset })) {
      if (fit !== undefined) rows.forEach(fit)
      yield rows
    }
  }
  return { ...file, chunks }
}

async function* inOrder(
  files: ReadonlyArray<SequenceFile>,
  declared: Shape,
  offset: number
): AsyncGenerator<ReadonlyArray<Row>> {
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
const inBuffer = (
  files: ReadonlyArray<SequenceFile>,
  declared: Shape,
  { bufferSize, seed }: Shuffle
): AsyncGenerator<ReadonlyArray<Row>> => {
  const random = randomNumbers(seed)
  return drawn(inOrder(shuffled(files, random), declared, 0), random, bufferSize)
}

async function* taking(
  chunks: AsyncIterable<ReadonlyArray<Row>>,
  count: number
): AsyncGenerator<ReadonlyArray<Row>> {
  let left = count
  if (left <= 0) return
  for await (const rows of chunks) {
    yield rows.length <= left ? rows : rows.slice(0, left)
    left -= rows.length
    if (left <= 0) return
  }
}
