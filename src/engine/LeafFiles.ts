/** The files that leaves write to: rows of the result, and error rows beside them. */
import { statSync } from "node:fs"
import { join } from "node:path"
import type { ErrorRow, SubsetFiles } from "../data/Subset.ts"
import { JsonLinesWriter } from "../data/JsonLines.ts"
import type { Row } from "../columns/Row.ts"
import type { Shape } from "../columns/Shape.ts"
import type { LeafMark } from "../journal/Checkpoints.ts"
import { detailOf, RowFailed } from "../step/StepFailed.ts"
import type { Sink } from "./LeafRun.ts"

interface Leaf {
  readonly subset: string
  readonly rows: JsonLinesWriter
  readonly errors: JsonLinesWriter
}

/** The columns of each leaf, as far as they are declared. */
export type Shapes = ReadonlyMap<string, Shape>

/** Like distilabel's: the only leaf is the default subset. */
export const subsetOf = (leaves: ReadonlyArray<string>, leaf: string): string => leaves.length === 1 ? "default" : leaf

const pathsOf = (directory: string, subset: string) => ({ rows: join(directory, `${subset}.jsonl`), errors: join(directory, `${subset}.errors.jsonl`) })

const marksOf = ({ bytes, errorBytes, errorRows, rows }: LeafMark) => ({ rows: { bytes, rows }, errors: { bytes: errorBytes, rows: errorRows } })

/** Whether the files of an earlier run hold what a mark says. */
export const leavesHold = (directory: string, leaves: ReadonlyArray<string>, marks: Readonly<Record<string, LeafMark>>): boolean =>
  leaves.every((leaf) => {
    const mark = marks[leaf]
    const paths = pathsOf(directory, subsetOf(leaves, leaf))
    return mark !== undefined && JsonLinesWriter.has(paths.rows, marksOf(mark).rows) && JsonLinesWriter.has(paths.errors, marksOf(mark).errors)
  })

/** The complete files of an earlier run; undefined if one of them is not as it was. */
export const leavesOf = (directory: string, leaves: ReadonlyArray<string>, marks: Readonly<Record<string, LeafMark>>, shapes: Shapes): ReadonlyArray<SubsetFiles> | undefined => {
  const files = leaves.flatMap((leaf) => {
    const mark = marks[leaf]
    const name = subsetOf(leaves, leaf)
    const paths = pathsOf(directory, name)
    if (mark === undefined || sizeOf(paths.rows) !== mark.bytes || (mark.errorRows > 0 && sizeOf(paths.errors) !== mark.errorBytes)) return []
    return [{ name, path: paths.rows, length: mark.rows, errorsPath: paths.errors, errorCount: mark.errorRows, shape: shapes.get(leaf) }]
  })
  return files.length === leaves.length ? files : undefined
}

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size

export class LeafFiles {
  readonly #leaves: ReadonlyMap<string, Leaf>

  /** Begins the files of a run, or goes on with those of an earlier one after the marks. */
  constructor(directory: string, leaves: ReadonlyArray<string>, marks?: Readonly<Record<string, LeafMark>>) {
    this.#leaves = new Map(leaves.map((name) => {
      const subset = subsetOf(leaves, name)
      const paths = pathsOf(directory, subset)
      const from = marks?.[name] === undefined ? undefined : marksOf(marks[name])
      return [name, { subset, rows: new JsonLinesWriter(paths.rows, from?.rows), errors: new JsonLinesWriter(paths.errors, from?.errors) }]
    }))
  }

  /** Writes all that a leaf has so far; gives how much that is. */
  mark(name: string): LeafMark {
    const { errors, rows } = this.#leaves.get(name)!
    const [good, bad] = [rows.mark(), errors.mark()]
    return { bytes: good.bytes, rows: good.rows, errorBytes: bad.bytes, errorRows: bad.rows }
  }

  sink(name: string): Sink {
    const { errors, rows } = this.#leaves.get(name)!
    const error = (row: Row, failure: RowFailed): void => {
      const written = errorRow(row, failure)
      try {
        errors.write({ ...written })
      } catch (thrown) {
        if (!(thrown instanceof TypeError)) throw thrown
        errors.write({ ...written, row: writable(row) })
      }
    }
    return {
      row: (row) => {
        try {
          rows.write(row)
        } catch (thrown) {
          if (!(thrown instanceof TypeError)) throw thrown
          error(writable(row), new RowFailed({ step: name, reason: "NotJson", detail: `the row cannot be written as JSON: ${detailOf(thrown)}` }))
        }
      },
      error
    }
  }

  /** Completes all files. */
  close(shapes: Shapes): ReadonlyArray<SubsetFiles> {
    return [...this.#leaves].map(([name, { errors, rows, subset }]) => {
      rows.close()
      errors.close({ keepEmpty: false })
      return { name: subset, path: rows.path, length: rows.count, errorsPath: errors.path, errorCount: errors.count, shape: shapes.get(name) }
    })
  }

  /** Leaves the files of a run that did not end well under their provisional names. */
  abandon(): void {
    for (const { errors, rows } of this.#leaves.values()) {
      rows.abandon()
      errors.abandon()
    }
  }
}

/** A failed row as results hold it. */
export const errorRow = (row: Row, { attempts, detail, raw, reason, step }: RowFailed): ErrorRow => ({
  row,
  step,
  reason,
  detail,
  ...(attempts === undefined ? {} : { attempts }),
  ...(raw === undefined ? {} : { raw })
})

/** The columns of a row that can be written as JSON, the others as text. */
const writable = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => {
    try {
      JSON.stringify(value)
      return [column, value]
    } catch {
      return [column, String(value)]
    }
  }))
