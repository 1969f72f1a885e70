/** Distisets: what a run gives. A subset of rows for each leaf, read from disk as they are asked for, and the rows that failed. */
import { copyFile, mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Row } from "../columns/Row.ts"
import { readJsonLines } from "./JsonLines.ts"

/** A row that failed, with what it had by then. */
export interface ErrorRow {
  readonly row: Row
  /** The step at which it failed. */
  readonly step: string
  readonly reason: string
  readonly detail: string
  readonly attempts?: number
  /** The model's raw answer, where there was one. */
  readonly raw?: string | null
}

/** Where a subset lies and how large it is. */
export interface SubsetFiles {
  readonly name: string
  readonly path: string
  readonly length: number
  readonly errorsPath: string
  readonly errorCount: number
}

/** The rows of one leaf, in the order of the source. Iterating reads them from disk one by one. */
export class Subset<R = Row> implements AsyncIterable<R> {
  readonly name: string
  /** Its JSON Lines file. */
  readonly path: string
  /** How many rows it has. */
  readonly length: number
  /** The JSON Lines file of the rows that failed. */
  readonly errorsPath: string
  readonly errorCount: number

  constructor({ errorCount, errorsPath, length, name, path }: SubsetFiles) {
    this.name = name
    this.path = path
    this.length = length
    this.errorsPath = errorsPath
    this.errorCount = errorCount
  }

  [Symbol.asyncIterator](): AsyncGenerator<R> {
    return this.rows()
  }

  /** The rows, one at a time. */
  rows(): AsyncGenerator<R> {
    // Rows were typed when the graph was checked, and written by the leaf of that type.
    return readJsonLines(this.path) as AsyncGenerator<R>
  }

  /** The first rows. */
  async head(count = 5): Promise<ReadonlyArray<R>> {
    return first(this.rows(), count)
  }

  /** All rows, in memory. */
  async toArray(): Promise<ReadonlyArray<R>> {
    return Array.fromAsync(this.rows())
  }

  /** The rows that failed, one at a time. */
  async *errors(): AsyncGenerator<ErrorRow> {
    if (this.errorCount > 0) yield* readJsonLines(this.errorsPath) as AsyncGenerator<ErrorRow & Row>
  }
}

const first = async <A>(items: AsyncIterable<A>, count: number): Promise<ReadonlyArray<A>> => {
  const taken: Array<A> = []
  if (count <= 0) return taken
  for await (const item of items) if (taken.push(item) >= count) break
  return taken
}

/** The subsets of a run by name: `default` if there is one leaf, else named after the leaves. */
export type Subsets<Leaves> = { readonly [Name in keyof Leaves]: Subset<Leaves[Name]> }

/** What a run gives. Each subset is a property too: `distiset.default.head()`. */
export interface DistisetMethods<Leaves> {
  /** The folder with the files of the run. */
  readonly directory: string
  readonly subsets: Subsets<Leaves>
  /** Copies the subsets to a folder, as `NAME.jsonl` and, for rows that failed, `NAME.errors.jsonl`. */
  readonly saveToDisk: (directory: string) => Promise<void>
}

export type Distiset<Leaves> = DistisetMethods<Leaves> & Subsets<Leaves>

/** A Distiset of files that a run has written. */
export const distisetOf = (directory: string, files: ReadonlyArray<SubsetFiles>): Distiset<Readonly<Record<string, Row>>> => {
  const subsets = Object.fromEntries(files.map((file) => [file.name, new Subset(file)]))
  const saveToDisk = async (to: string): Promise<void> => {
    await mkdir(to, { recursive: true })
    for (const { errorCount, errorsPath, name, path } of files) {
      await copyFile(path, join(to, `${name}.jsonl`))
      if (errorCount > 0) await copyFile(errorsPath, join(to, `${name}.errors.jsonl`))
    }
  }
  return { ...subsets, directory, subsets, saveToDisk } as unknown as Distiset<Readonly<Record<string, Row>>>
}
