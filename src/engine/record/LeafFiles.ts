/** The files that leaves write to: rows of the result, and error rows beside them. */
import { join } from "node:path"
import type { Row } from "../../columns/Row.ts"
import type { Shape } from "../../columns/Shape.ts"
import type { ErrorRow, SubsetFiles } from "../../data/distiset/Subset.ts"
import { type FileMark, JsonLinesWriter } from "../../data/files/JsonLines.ts"
import type { Prefix } from "../../disk/prefixes.ts"
import type { LeafMark } from "../../journal/Checkpoints.ts"
import { detailOf, RowFailed } from "../../step/StepFailed.ts"
import type { Sink } from "../nodes/LeafRun.ts"

interface Leaf {
  readonly subset: string
  readonly rows: JsonLinesWriter
  readonly errors: JsonLinesWriter
}

/** The columns of each leaf, as far as they are declared. */
export type Shapes = ReadonlyMap<string, Shape>

/** Like distilabel's: the only leaf is the default subset. */
export const subsetOf = (leaves: ReadonlyArray<string>, leaf: string): string =>
  leaves.length === 1 ? "default" : leaf

/** Where the rows and the error rows of a subset are. */
export const pathsOf = (directory: string, subset: string) => ({
  rows: join(directory, `${subset}.jsonl`),
  errors: join(directory, `${subset}.errors.jsonl`)
})

/** All files of a result. */
export const resultPaths = (
  directory: string,
  leaves: ReadonlyArray<string>
): ReadonlyArray<string> =>
  leaves.flatMap((leaf) => Object.values(pathsOf(directory, subsetOf(leaves, leaf))))

/** A mark, file by file. */
export const marksOf = ({ bytes, crc, errorBytes, errorCrc, errorRows, rows }: LeafMark) => ({
  rows: { bytes, rows, crc },
  errors: { bytes: errorBytes, rows: errorRows, crc: errorCrc }
})

/** The marks of all leaves at one moment, by their names. */
export type Marks = Readonly<Record<string, LeafMark>>

/** The checksums of complete files, by their names in the run's folder. */
export const checksumsOf = (
  leaves: ReadonlyArray<string>,
  marks: Marks
): Readonly<Record<string, Prefix>> =>
  Object.fromEntries(
    leaves.flatMap((leaf) => {
      const paths = pathsOf("", subsetOf(leaves, leaf))
      const { errors, rows } = marksOf(marks[leaf]!)
      return [
        [paths.rows, rows] as const,
        ...(errors.rows === 0 ? [] : [[paths.errors, errors] as const])
      ].map(([path, { bytes, crc }]) => [path, { bytes, crc }])
    })
  )

/** The complete files of an earlier run. */
export const completeFiles = (
  directory: string,
  leaves: ReadonlyArray<string>,
  marks: Marks,
  shapes: Shapes
): ReadonlyArray<SubsetFiles> =>
  leaves.map((leaf) => {
    const { errorRows, rows } = marks[leaf]!
    const name = subsetOf(leaves, leaf)
    const paths = pathsOf(directory, name)
    return {
      name,
      path: paths.rows,
      length: rows,
      errorsPath: paths.errors,
      errorCount: errorRows,
      shape: shapes.get(leaf)
    }
  })

export class LeafFiles {
  readonly #leaves: ReadonlyMap<string, Leaf>

  /**
   * Begins the files of a run, or resumes those of an earlier one after the marks: in `files`, by
   * the names that they are to have.
   */
  constructor(
    directory: string,
    leaves: ReadonlyArray<string>,
    marks: Marks | undefined,
    files: ReadonlyMap<string, string>
  ) {
    const writer = (path: string, mark: FileMark | undefined): JsonLinesWriter =>
      new JsonLinesWriter(
        path,
        mark === undefined ? undefined : { mark, file: files.get(path) ?? path }
      )
    this.#leaves = new Map(
      leaves.map((name) => {
        const subset = subsetOf(leaves, name)
        const paths = pathsOf(directory, subset)
        const from = marks?.[name] === undefined ? undefined : marksOf(marks[name])
        return [
          name,
          {
            subset,
            rows: writer(paths.rows, from?.rows),
            errors: writer(paths.errors, from?.errors)
          }
        ]
      })
    )
  }

  /** Writes all that a leaf has so far; gives how much that is. */
  mark(name: string): LeafMark {
    const { errors, rows } = this.#leaves.get(name)!
    const [good, bad] = [rows.mark(), errors.mark()]
    return {
      bytes: good.bytes,
      rows: good.rows,
      crc: good.crc,
      errorBytes: bad.bytes,
      errorRows: bad.rows,
      errorCrc: bad.crc
    }
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
      row: (row, text) => {
        try {
          rows.write(row, text)
        } catch (thrown) {
          if (!(thrown instanceof TypeError)) throw thrown
          error(
            writable(row),
            new RowFailed({
              step: name,
              reason: "NotJson",
              detail: `the row cannot be written as JSON: ${detailOf(thrown)}`
            })
          )
        }
      },
      error
    }
  }

  /** Completes all files. */
  close(shapes: Shapes, syncs: boolean): ReadonlyArray<SubsetFiles> {
    return [...this.#leaves].map(([name, { errors, rows, subset }]) => {
      rows.close({ syncs })
      errors.close({ keepEmpty: false, syncs })
      return {
        name: subset,
        path: rows.path,
        length: rows.count,
        errorsPath: errors.path,
        errorCount: errors.count,
        shape: shapes.get(name)
      }
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
export const errorRow = (
  row: Row,
  { attempts, detail, raw, reason, step, trace }: RowFailed
): ErrorRow => ({
  row,
  step,
  reason,
  detail,
  ...(attempts === undefined ? {} : { attempts }),
  ...(raw === undefined ? {} : { raw }),
  ...(trace === undefined ? {} : { trace })
})

/** The columns of a row that can be written as JSON, the others as text. */
const writable = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      try {
        JSON.stringify(value)
        return [column, value]
      } catch {
        return [column, String(value)]
      }
    })
  )
