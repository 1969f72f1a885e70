/** Loads rows from files. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Columns, isOptional } from "../columns/Columns.ts"
import { open, type OpenColumns, type OutputRow, type Outputs, outputsOf } from "../columns/inputs.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import { typeName } from "../columns/typeNames.ts"
import { DataError } from "../data/DataError.ts"
import { filesOf, fileTypeOf, type FileType, readFile } from "../data/files.ts"
import { type GeneratorParameters, makeStep } from "../step/makeStep.ts"
import type { GeneratorStep } from "../step/Step.ts"
import { StepFailed } from "../step/StepFailed.ts"

/** Parameters of `LoadDataFromFileSystem`. */
export interface FileSystemParameters extends GeneratorParameters {
  /** A file, a folder, a pattern (`data/*.jsonl`), or a list of them. */
  readonly dataFiles?: string | ReadonlyArray<string>
  /** The type of all files. Default: by each file's ending. */
  readonly filetype?: FileType
  /** At most so many rows. Default: all. */
  readonly numExamples?: number
}

/** The same where the files were not given yet. */
export interface FileSystemParametersToSet extends FileSystemParameters {
  readonly dataFiles: string | ReadonlyArray<string>
}

export interface LoadDataFromFileSystemOptions<Name extends string, Files, Out extends Outputs, OutputMap> {
  readonly name: Name
  /** A file, a folder, a pattern (`data/*.jsonl`), or a list of them. Without it, it must be given to `run`. */
  readonly dataFiles?: Files & (string | ReadonlyArray<string>)
  /** The type of all files: `jsonl`, `csv` or `tsv`. Default: by each file's ending. */
  readonly filetype?: FileType
  /** The columns of the rows; the files are checked against them. Default: open, any column may be there. */
  readonly columns?: Out
  /** At most so many rows. Default: all. */
  readonly numExamples?: number
  /** Rows in one batch. Default 50. */
  readonly batchSize?: number
  /** New names for columns: `{ prompt: "instruction" }`. */
  readonly outputMappings?: OutputMap
}

const parameters: Columns = {
  dataFiles: Schema.Union([Schema.String, Schema.Array(Schema.String)]),
  filetype: Schema.optionalKey(Schema.Literals(["jsonl", "csv", "tsv"])),
  numExamples: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
}

/**
 * Gives the rows of JSON Lines, CSV and TSV files.
 *
 * Values of CSV files are text; where `columns` says number or boolean, they become that.
 *
 * @adds the declared columns, and any other that the files have
 * @fails StepFailed if a file cannot be read or its rows lack a declared column or have it with another type
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromfilesystem/
 * @example
 * const load = LoadDataFromFileSystem({
 *   name: "load",
 *   dataFiles: "data/*.jsonl",
 *   columns: { prompt: Schema.String },
 *   outputMappings: { prompt: "instruction" }
 * })
 */
export const LoadDataFromFileSystem = <
  const Name extends string,
  const Files = never,
  Out extends Outputs = OpenColumns<{}>,
  const OutputMap extends Names<OutputRow<Out>> = {}
>(options: LoadDataFromFileSystemOptions<Name, Files, Out, OutputMap>): GeneratorStep<
  Name,
  RenamedOut<OutputRow<Out>, {}, OutputMap>,
  [Files] extends [never] ? FileSystemParametersToSet : FileSystemParameters
> => {
  const { batchSize, dataFiles, filetype, name, numExamples, outputMappings } = options
  const declared = outputsOf(options.columns ?? open())
  return makeStep({
    name,
    type: "LoadDataFromFileSystem",
    kind: "generator",
    gives: () => declared,
    outputMappings: outputMappings as Readonly<Record<string, string>> | undefined,
    batchSize,
    parameters,
    values: { dataFiles, filetype, numExamples },
    options: { dataFiles, filetype, columns: options.columns, numExamples, batchSize, outputMappings },
    open: (values) =>
      Effect.try({
        try: () => filesOf(values["dataFiles"] as string | ReadonlyArray<string>).map((path) => ({ path, type: (values["filetype"] as FileType | undefined) ?? fileTypeOf(path) })),
        catch: (thrown) => new StepFailed({ step: name, phase: "load", reason: "CannotRead", detail: (thrown as DataError).message })
      }).pipe(Effect.map((files) => ({
        kind: "generator",
        generate: (offset) => rowsOf(files, declared.columns, offset, values["numExamples"] as number | undefined)
      })))
  })
}

async function* rowsOf(
  files: ReadonlyArray<{ readonly path: string; readonly type: FileType }>,
  columns: Columns,
  offset: number,
  count = Infinity
): AsyncGenerator<Row> {
  let position = 0
  for (const { path, type } of files) {
    let number = 0
    for await (const read of readFile(path, type)) {
      number++
      if (position >= count) return
      const row = type === "jsonl" ? read : fromText(read, columns)
      // The first row tells whether this is the file that was meant.
      if (number === 1) expectColumns(row, columns, path)
      if (position++ >= offset) yield row
    }
  }
}

const expectColumns = (row: Row, columns: Columns, path: string): void => {
  const wrong = Object.entries(columns).flatMap(([column, schema]) => {
    if (!(column in row)) return isOptional(schema) ? [] : [`column '${column}' is missing (there are: ${Object.keys(row).join(", ")})`]
    return Schema.is(schema as Schema.Codec<unknown>)(row[column]) ? [] : [`column '${column}' is ${JSON.stringify(row[column])?.slice(0, 60)}, not ${typeName(schema)}`]
  })
  if (wrong.length > 0) throw new DataError({ action: "read", path, detail: `${wrong.join("; ")}. Correct the columns declared for this step, or the file.` })
}

/** Text as the declared column wants it: a number, a boolean, null where the field is empty. */
const fromText = (row: Row, columns: Columns): Row => {
  const typed: Record<string, unknown> = { ...row }
  for (const [column, schema] of Object.entries(columns)) {
    const text = row[column]
    if (typeof text !== "string") continue
    const value = candidates(text).find((candidate) => Schema.is(schema as Schema.Codec<unknown>)(candidate))
    if (value !== undefined) typed[column] = value
  }
  return typed
}

const candidates = (text: string): ReadonlyArray<unknown> => {
  if (text === "") return ["", null]
  const number = Number(text)
  return [text, ...(Number.isNaN(number) ? [] : [number]), ...(/^true$/i.test(text) ? [true] : /^false$/i.test(text) ? [false] : [])]
}
