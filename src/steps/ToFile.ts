/** Writes all rows to a file on their way. */
import { extname } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Passes } from "../columns/Row.ts"
import { type RowFileType, writeRowFile } from "../data/files/writeRowFile.ts"
import { define, defined } from "../step/Definition.ts"
import type { Step } from "../step/Step.ts"
import { detailOf, StepFailed } from "../step/StepFailed.ts"
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
 * The file is written as soon as all rows are there, while later steps go on, and takes its name
 * when it is complete. It is written anew on every run. Error rows are not in it. What a run gives
 * at its end is written by `distiset.saveToDisk`; this step is for rows in the middle of a
 * pipeline.
 *
 * @example
 *   const keep = ToFile({ name: "keep", path: "data/instructions.parquet" })
 *
 * @fails StepFailed if the path has another ending, the file cannot be written, or a column of a Parquet file has values of several types
 */
export const ToFile = defined(
  definition,
  <const Name extends string>(
    options: ToFileOptions<Name>
  ): Step<Name, {}, Passes, ToFileParameters> =>
    // What is kept of an earlier run would be no file.
    stepOf(
      definition,
      { ...options, useCache: false },
      {
        kind: "global",
        rowCount: "one-to-many",
        gives: (have) => have,
        check: (values) =>
          Effect.asVoid(
            Effect.try({
              try: () => typeOf(pathIn(values)),
              catch: failedTo(options.name, "load")
            })
          ),
        open: (values) =>
          Effect.succeed({
            kind: "batch",
            streams: true,
            process: (rows) =>
              Effect.as(
                Effect.tryPromise({
                  try: () => writeRowFile(pathIn(values), typeOf(pathIn(values)), rows),
                  catch: failedTo(options.name, "process")
                }),
                rows
              )
          })
      }
    )
)

const pathIn = (values: Readonly<Record<string, unknown>>): string => String(values["path"])

const typeOf = (path: string): RowFileType => {
  const ending = extname(path).toLowerCase()
  if (ending === ".jsonl" || ending === ".csv" || ending === ".parquet")
    return ending.slice(1) as RowFileType
  throw new Error(`the path '${path}' does not end in .jsonl, .csv or .parquet`)
}

const failedTo =
  (step: string, phase: "load" | "process") =>
  (thrown: unknown): StepFailed =>
    new StepFailed({ step, phase, reason: "NotWritten", detail: detailOf(thrown) })
