/** The files that leaves write to: rows of the result, and error rows beside them. */
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import type { ErrorRow, SubsetFiles } from "../data/Subset.ts"
import { type FileMark, JsonLinesWriter, type Remains } from "../data/JsonLines.ts"
import type { Row } from "../columns/Row.ts"
import type { Shape } from "../columns/Shape.ts"
import type { Prefix } from "../disk/prefixes.ts"
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

const marksOf = ({ bytes, crc, errorBytes, errorCrc, errorRows, rows }: LeafMark) => ({ rows: { bytes, rows, crc }, errors: { bytes: errorBytes, rows: errorRows, crc: errorCrc } })

/** The marks of all leaves at one moment, by their names. */
type Marks = Readonly<Record<string, LeafMark>>

/** A file of an earlier run that is not as the run left it. */
export interface DamagedFile {
  readonly path: string
  readonly is: "missing" | "damaged"
  /** Rows before the damage. */
  readonly sound: number
}

/** What an earlier run left in its files. */
export interface LeavesLeft {
  /** How many of the marks all files hold. */
  readonly held: number
  /** Where each file's rows are: under its name, or under the provisional one. */
  readonly files: ReadonlyMap<string, string>
  readonly damaged: DamagedFile | undefined
}

/** Reads the files of an earlier run against its marks, from the first to the last. */
export const leavesLeft = async (directory: string, leaves: ReadonlyArray<string>, marks: ReadonlyArray<Marks>): Promise<LeavesLeft> => {
  const files = new Map<string, string>()
  let held = marks.length
  let damaged: DamagedFile | undefined
  const look = async (path: string, fileMarks: ReadonlyArray<FileMark>): Promise<void> => {
    const remains = await JsonLinesWriter.remains(path, fileMarks)
    files.set(path, remains.file)
    if (remains.held < fileMarks.length) damaged ??= damageOf(path, remains, fileMarks)
    held = Math.min(held, remains.held)
  }
  for (const leaf of leaves) {
    const paths = pathsOf(directory, subsetOf(leaves, leaf))
    const all = marks.map((each) => marksOf(each[leaf]!))
    await look(paths.rows, all.map(({ rows }) => rows))
    await look(paths.errors, all.map(({ errors }) => errors))
  }
  return { held, files, damaged }
}

const damageOf = (path: string, { file, held }: Remains, marks: ReadonlyArray<FileMark>): DamagedFile =>
  ({ path: existsSync(file) ? file : path, is: existsSync(file) ? "damaged" : "missing", sound: marks[held - 1]?.rows ?? 0 })

/** The first complete file of an earlier run that holds less or more than its mark says, or is not under its own name. */
export const incomplete = (directory: string, leaves: ReadonlyArray<string>, marks: Marks, files: LeavesLeft["files"]): DamagedFile | undefined => {
  for (const leaf of leaves) {
    const paths = pathsOf(directory, subsetOf(leaves, leaf))
    for (const [path, mark] of [[paths.rows, marksOf(marks[leaf]!).rows], [paths.errors, marksOf(marks[leaf]!).errors]] as const) {
      const size = statSync(path, { throwIfNoEntry: false })?.size
      const expected = mark.rows === 0 && path === paths.errors ? undefined : mark.bytes
      if (size !== expected || (size !== undefined && files.get(path) !== path)) return { path, is: size === undefined ? "missing" : "damaged", sound: mark.rows }
    }
  }
  return undefined
}

/** The checksums of complete files, by their names in the run's folder. */
export const checksumsOf = (leaves: ReadonlyArray<string>, marks: Marks): Readonly<Record<string, Prefix>> =>
  Object.fromEntries(leaves.flatMap((leaf) => {
    const paths = pathsOf("", subsetOf(leaves, leaf))
    const { errors, rows } = marksOf(marks[leaf]!)
    return [[paths.rows, rows] as const, ...(errors.rows === 0 ? [] : [[paths.errors, errors] as const])].map(([path, { bytes, crc }]) => [path, { bytes, crc }])
  }))

/** The complete files of an earlier run. */
export const completeFiles = (directory: string, leaves: ReadonlyArray<string>, marks: Marks, shapes: Shapes): ReadonlyArray<SubsetFiles> =>
  leaves.map((leaf) => {
    const { errorRows, rows } = marks[leaf]!
    const name = subsetOf(leaves, leaf)
    const paths = pathsOf(directory, name)
    return { name, path: paths.rows, length: rows, errorsPath: paths.errors, errorCount: errorRows, shape: shapes.get(leaf) }
  })

export class LeafFiles {
  readonly #leaves: ReadonlyMap<string, Leaf>

  /** Begins the files of a run, or resumes those of an earlier one after the marks. */
  constructor(directory: string, leaves: ReadonlyArray<string>, marks: Marks | undefined, files: LeavesLeft["files"]) {
    const writer = (path: string, mark: FileMark | undefined): JsonLinesWriter => new JsonLinesWriter(path, mark === undefined ? undefined : { mark, file: files.get(path) ?? path })
    this.#leaves = new Map(leaves.map((name) => {
      const subset = subsetOf(leaves, name)
      const paths = pathsOf(directory, subset)
      const from = marks?.[name] === undefined ? undefined : marksOf(marks[name])
      return [name, { subset, rows: writer(paths.rows, from?.rows), errors: writer(paths.errors, from?.errors) }]
    }))
  }

  /** Writes all that a leaf has so far; gives how much that is. */
  mark(name: string): LeafMark {
    const { errors, rows } = this.#leaves.get(name)!
    const [good, bad] = [rows.mark(), errors.mark()]
    return { bytes: good.bytes, rows: good.rows, crc: good.crc, errorBytes: bad.bytes, errorRows: bad.rows, errorCrc: bad.crc }
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
