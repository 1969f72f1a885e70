/** Row files: files as rows, whatever their format. */
import { setKey } from "../../columns/own.ts"
import type { Row } from "../../columns/Row.ts"
import type { Field } from "./cells.ts"
import { DataError } from "./DataError.ts"

/** What is wanted of a file. */
export interface Wanted {
  /** Only these columns, of those that are there. Default: all. */
  readonly columns?: ReadonlyArray<string> | undefined
  /** Without so many rows at the beginning. */
  readonly offset?: number | undefined
}

/** An open file of rows. */
export interface RowFile {
  readonly name: string
  /** The columns with their types, if the file says so before any row. */
  readonly fields?: ReadonlyArray<Field> | undefined
  /** Types that some of its columns are saved with, where it says no types itself. */
  readonly stored?: ReadonlyArray<Field> | undefined
  /** How many rows it has, if it says so. */
  readonly length?: number | undefined
  /** Its rows in order, some at a time. */
  readonly chunks: (wanted?: Wanted) => AsyncGenerator<ReadonlyArray<Row>>
  readonly close: () => Promise<void>
}

/** The columns of a file, none of which has the name of another. */
export const distinct = (file: string, fields: ReadonlyArray<Field>): ReadonlyArray<Field> => {
  const names = fields.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new DataError({
      action: "read",
      path: file,
      detail: `it has more than one column called '${twice}'. Rename one, and write the file again.`
    })
  return fields
}

/** The row with some of its columns only. */
export const projected = (row: Row, columns: ReadonlyArray<string>): Row => {
  const kept: Record<string, unknown> = {}
  for (const column of columns) if (Object.hasOwn(row, column)) setKey(kept, column, row[column])
  return kept
}

/**
 * A file that is read from its beginning: rows before the offset are read and left out, columns
 * that nobody wants are dropped.
 */
export const sequentialFile = (
  name: string,
  chunks: (skip: number) => AsyncGenerator<ReadonlyArray<Row>>
): RowFile => ({
  name,
  chunks: ({ columns, offset = 0 } = {}) =>
    columns === undefined ? chunks(offset) : withColumns(chunks(offset), columns),
  close: async () => {}
})

async function* withColumns(
  chunks: AsyncGenerator<ReadonlyArray<Row>>,
  columns: ReadonlyArray<string>
): AsyncGenerator<ReadonlyArray<Row>> {
  for await (const rows of chunks) yield rows.map((row) => projected(row, columns))
}

/** Chunks without the first rows. */
export async function* skipping(
  chunks: AsyncIterable<ReadonlyArray<Row>>,
  count: number
): AsyncGenerator<ReadonlyArray<Row>> {
  let left = count
  for await (const rows of chunks) {
    if (left === 0) yield rows
    else if (rows.length <= left) left -= rows.length
    else {
      yield rows.slice(left)
      left = 0
    }
  }
}
