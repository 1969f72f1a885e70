/** Writes all rows to a file on their way. */
import { extname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Passes } from "../columns/Row.ts"
import { readJsonLines } from "../data/files/JsonLines.ts"
import { writeRowFile } from "../data/files/writeRowFile.ts"
import { isAddress } from "../data/stores/storeAddress.ts"
import { define, defined } from "../step/Definition.ts"
import type { Step } from "../step/Step.ts"
import { detailOf, StepFailed } from "../step/StepFailed.ts"
import type { StepFile } from "../step/StepFile.ts"
import { stepOf } from "../step/stepOf.ts"

/** Parameters of `ToFile`. */
export interface ToFileParameters {
  /**
   * The file: it ends in `.jsonl`, `.csv` or `.parquet`. Folders are made; a file that is there is
   * replaced.
   */
  readonly path?: string
}

export interface ToFileOptions<Name extends string> {
  readonly name: Name
  /**
   * The file: it ends in `.jsonl`, `.csv` or `.parquet`. Folders are made; a file that is there is
   * replaced.
   */
  readonly path: string
}

export const definition = define({
  type: "ToFile",
  about:
    "Writes all rows that come to it to a JSON Lines, CSV or Parquet file, and lets them pass.",
  options: { path: Schema.String },
  defaults: {},
  parameters: ["path"],
  takesMappings: false
})

/**
 * Writes all rows that come to it to a JSON Lines, CSV or Parquet file, and lets them pass.
 *
 * Rows are on disk as they come, in the order of the source; the file takes its name when all are
 * there. Until then they are in `PATH.partial`, and for CSV and Parquet, whose columns are known at
 * the end, as JSON lines in `PATH.rows.jsonl.partial`. A run that was stopped or killed goes on
 * there: no row is lost, doubled or stale. A finished one that is run again writes the file anew.
 * Error rows are not in it, nor is there a file of an estimate. What a run gives at its end is
 * written by `distiset.saveToDisk`; this step is for rows in the middle of a pipeline.
 *
 * @example
 *   const keep = ToFile({ name: "keep", path: "data/instructions.parquet" })
 *
 * @fails StepFailed if the path has another ending or is that of another file of the run, the file or a row of it cannot be written, or a column of a Parquet file has values of several types
 */
export const ToFile = defined(
  definition,
  <const Name extends string>(
    options: ToFileOptions<Name>
  ): Step<Name, {}, Passes, ToFileParameters> =>
    // A run that was finished is made again: what is kept of it is no file.
    stepOf(
      definition,
      { ...options, useCache: false },
      {
        kind: "step",
        gives: (have) => have,
        check: (values) =>
          Effect.asVoid(
            Effect.try({
              try: () => typeOf(pathIn(values)),
              catch: failedTo(options.name, "load")
            })
          ),
        file: (values) => fileAt(options.name, pathIn(values)),
        open: () => Effect.succeed({ kind: "batch", process: (rows) => rows })
      }
    )
)

/** JSON Lines are written as they are to be; other files are made of them. */
const fileAt = (step: string, given: string): StepFile => {
  const path = resolve(given)
  const rows = `${path}.rows.jsonl`
  return extname(path).toLowerCase() === ".jsonl"
    ? { path, rows: path, complete: undefined }
    : {
        path,
        rows,
        complete: Effect.tryPromise({
          try: () =>
            writeRowFile(path, typeOf(path) === "csv" ? "csv" : "parquet", () =>
              readJsonLines(rows)
            ),
          catch: failedTo(step, "process", ` Its rows are in '${rows}'.`)
        })
      }
}

const pathIn = (values: Readonly<Record<string, unknown>>): string => String(values["path"])

const typeOf = (path: string): "jsonl" | "csv" | "parquet" => {
  if (isAddress(path))
    throw new Error(
      `the path '${path}' is an address of an object store, which files cannot grow in. Give a path of this machine, and upload the result with saveToDisk or outputDir`
    )
  const ending = extname(path).toLowerCase()
  if (ending === ".jsonl") return "jsonl"
  if (ending === ".csv") return "csv"
  if (ending === ".parquet") return "parquet"
  throw new Error(`the path '${path}' does not end in .jsonl, .csv or .parquet`)
}

const failedTo =
  (step: string, phase: "load" | "process", besides = "") =>
  (thrown: unknown): StepFailed =>
    new StepFailed({ step, phase, reason: "NotWritten", detail: `${detailOf(thrown)}${besides}` })
