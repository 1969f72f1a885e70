/** The files that leaves write to: rows of the result, and error rows beside them. */
import { join } from "node:path"
import type { ErrorRow, SubsetFiles } from "../data/Distiset.ts"
import { JsonLinesWriter } from "../data/JsonLines.ts"
import type { Row } from "../columns/Row.ts"
import { detailOf, RowFailed } from "../step/StepFailed.ts"
import type { Sink } from "./LeafRun.ts"

interface Leaf {
  readonly subset: string
  readonly rows: JsonLinesWriter
  readonly errors: JsonLinesWriter
}

export class LeafFiles {
  readonly #leaves: ReadonlyMap<string, Leaf>

  constructor(directory: string, leaves: ReadonlyArray<string>) {
    this.#leaves = new Map(leaves.map((name) => {
      // Like distilabel's: the only leaf is the default subset.
      const subset = leaves.length === 1 ? "default" : name
      return [name, {
        subset,
        rows: new JsonLinesWriter(join(directory, `${subset}.jsonl`)),
        errors: new JsonLinesWriter(join(directory, `${subset}.errors.jsonl`))
      }]
    }))
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
  close(): ReadonlyArray<SubsetFiles> {
    return [...this.#leaves.values()].map(({ errors, rows, subset }) => {
      rows.close()
      errors.close({ keepEmpty: false })
      return { name: subset, path: rows.path, length: rows.count, errorsPath: errors.path, errorCount: errors.count }
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
