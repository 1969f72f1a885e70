/** Rows of a Distiset: read from where they lie as they are asked for, any number of times. */
import type { Row } from "../../columns/Row.ts"
import type { Shape } from "../../columns/Shape.ts"

/** What rows are made of. */
export interface RowsFrom<R> {
  readonly name: string
  /** How many there are; undefined if only reading them tells. */
  readonly length: number | undefined
  /** Their columns, as far as they are declared. */
  readonly shape?: Shape | undefined
  /** Reads them, some at a time. */
  readonly chunks: () => AsyncIterable<ReadonlyArray<R>>
}

/** Rows that are read one after the other. What is done to them is done while they are read. */
export class Rows<R = Row> implements AsyncIterable<R> {
  readonly name: string
  /** How many rows there are; undefined if only reading them tells. */
  readonly length: number | undefined
  /** The columns as far as they are declared: the types of a file that they are saved to. */
  readonly shape: Shape | undefined
  /** The rows, some at a time. */
  readonly chunks: () => AsyncIterable<ReadonlyArray<R>>

  constructor({ chunks, length, name, shape }: RowsFrom<R>) {
    this.name = name
    this.length = length
    this.shape = shape
    this.chunks = chunks
  }

  [Symbol.asyncIterator](): AsyncGenerator<R> {
    return this.rows()
  }

  /** The rows, one at a time. */
  async *rows(): AsyncGenerator<R> {
    for await (const rows of this.chunks()) yield* rows
  }

  /** The first rows. */
  async head(count = 5): Promise<ReadonlyArray<R>> {
    const taken: Array<R> = []
    if (count <= 0) return taken
    for await (const row of this.rows()) if (taken.push(row) >= count) break
    return taken
  }

  /** All rows, in memory. */
  async toArray(): Promise<ReadonlyArray<R>> {
    return Array.fromAsync(this.rows())
  }

  /** Rows made of these, one of each. */
  map<To extends object>(change: (row: R) => To): Rows<To> {
    return this.#with(undefined, this.length, (rows) => rows.map((row) => change(row)))
  }

  /** Those of the rows for which it gives true. */
  filter(keeps: (row: R) => boolean): Rows<R> {
    return this.#with(this.shape, undefined, (rows) => rows.filter((row) => keeps(row)))
  }

  /** The rows with some of their columns only. */
  select<const Column extends keyof R & string>(
    ...columns: ReadonlyArray<Column>
  ): Rows<Pick<R, Column>> {
    const { shape } = this
    const kept =
      shape === undefined
        ? undefined
        : {
            open: false,
            columns: Object.fromEntries(
              columns.flatMap((column) =>
                shape.columns[column] === undefined ? [] : [[column, shape.columns[column]]]
              )
            )
          }
    return this.#with(kept, this.length, (rows) =>
      rows.map(
        (row) =>
          Object.fromEntries(
            columns.flatMap((column) => (column in (row as object) ? [[column, row[column]]] : []))
          ) as Pick<R, Column>
      )
    )
  }

  /** Prints the first rows as a table, cut to the width of the terminal. */
  async print(count = 10): Promise<void> {
    const { rowsTable } = await import("./rowsTable.ts")
    console.log(
      rowsTable(
        this.name,
        (await this.head(count)) as ReadonlyArray<Row>,
        this.length,
        process.stdout.columns ?? 120
      )
    )
  }

  #with<To>(
    shape: Shape | undefined,
    length: number | undefined,
    change: (rows: ReadonlyArray<R>) => ReadonlyArray<To>
  ): Rows<To> {
    const { chunks, name } = this
    return new Rows<To>({
      name,
      length,
      shape,
      chunks: async function* () {
        for await (const rows of chunks()) yield change(rows)
      }
    })
  }
}
