/** Subsets: the rows of one leaf of a run, and the rows that failed on the way to it. */
import type { Row } from "../../columns/Row.ts"
import type { Shape } from "../../columns/Shape.ts"
import { readJsonLines } from "../files/JsonLines.ts"
import { Rows } from "../rows/Rows.ts"

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
  /** Where in the program the error was thrown: its own places in the stack, a line each. */
  readonly trace?: string
}

/** Where a subset lies and how large it is. */
export interface SubsetFiles {
  readonly name: string
  readonly path: string
  readonly length: number
  readonly errorsPath: string
  readonly errorCount: number
  /** Its columns, as far as they are declared. */
  readonly shape?: Shape | undefined
}

/** The rows of one leaf, in the order of the source. Iterating reads them from disk one by one. */
export class Subset<R = Row> extends Rows<R> {
  /** Its JSON Lines file. */
  readonly path: string
  /** How many rows it has. */
  declare readonly length: number
  /** The JSON Lines file of the rows that failed. */
  readonly errorsPath: string
  readonly errorCount: number

  constructor({ errorCount, errorsPath, length, name, path, shape }: SubsetFiles) {
    // Rows were typed when the graph was checked, and written by the leaf of that type.
    super({
      name,
      length,
      shape,
      chunks: () => readJsonLines(path) as AsyncIterable<ReadonlyArray<R>>
    })
    this.path = path
    this.errorsPath = errorsPath
    this.errorCount = errorCount
  }

  /** The rows that failed. */
  errors(): Rows<ErrorRow> {
    const { errorCount, errorsPath, name } = this
    return new Rows({
      name: `${name}.errors`,
      length: errorCount,
      chunks: async function* () {
        if (errorCount > 0)
          yield* readJsonLines(errorsPath) as AsyncIterable<ReadonlyArray<object>> as AsyncIterable<
            ReadonlyArray<ErrorRow>
          >
      }
    })
  }
}
