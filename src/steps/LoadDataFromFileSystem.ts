/** Loads rows from files. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  open,
  type OpenColumns,
  type OutputRow,
  type Outputs,
  outputsOf
} from "../columns/inputs.ts"
import type { Mapped, Names, RenamedOut } from "../columns/mapping.ts"
import { standardColumns } from "../columns/standard.ts"
import { filesOf } from "../data/files/dataFiles.ts"
import { type FileType, fileTypes, formatOf } from "../data/files/FileFormat.ts"
import { imagesBeside } from "../data/files/imageFolder.ts"
import { openSequence } from "../data/files/RowSequence.ts"
import { type TextOptions, textOptionsIn, textParameters } from "../data/rows/TextOptions.ts"
import { FileStore } from "../data/stores/FileStore.ts"
import { define, defined } from "../step/Definition.ts"
import type { GeneratorStep } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"
import {
  loaderLacks,
  type LoaderOptions,
  loaderOptions,
  type LoaderParameters,
  loaderParameters,
  sequenceOptions,
  sequenceWorker
} from "./loading.ts"

/** Parameters of `LoadDataFromFileSystem`. */
export interface FileSystemParameters extends LoaderParameters, TextOptions {
  /**
   * A file, a folder, a pattern (`data/*.jsonl`), or a list of them, on this machine or in an
   * object store (`s3://bucket/data/*.jsonl`, also `gs://`, `az://`,
   * `hf://datasets/OWNER/NAME/…`).
   */
  readonly dataFiles?: string | ReadonlyArray<string>
  /** The type of all files. Default: by each file's ending. */
  readonly filetype?: FileType
  /** The split of a folder whose files are named after several: `train`. */
  readonly split?: string
}

/** The same where the files were not given yet. */
export interface FileSystemParametersToSet extends FileSystemParameters {
  readonly dataFiles: string | ReadonlyArray<string>
}

export interface LoadDataFromFileSystemOptions<
  Name extends string,
  Files extends string | ReadonlyArray<string>,
  Out extends Outputs,
  OutputMap
>
  extends LoaderOptions<Name, Out, OutputMap>, TextOptions {
  /**
   * A file, a folder, a pattern (`data/*.jsonl`), or a list of them, on this machine or in an
   * object store (`s3://bucket/data/*.jsonl`, also `gs://`, `az://`, `hf://datasets/OWNER/NAME/…`).
   * Without it, it must be given to `run`.
   */
  readonly dataFiles?: Files
  /**
   * The type of all files: `jsonl`, `json`, `csv`, `tsv`, `txt`, `parquet` or `arrow`. Default: by
   * each file's ending.
   */
  readonly filetype?: FileType
  /** The split of a folder whose files are named after several: `train`. */
  readonly split?: string
}

const textOptionNames = Object.keys(textParameters) as ReadonlyArray<keyof typeof textParameters>
const { header, nulls, skipRows, ...firstTextOptions } = textParameters

export const definition = define({
  type: "LoadDataFromFileSystem",
  about:
    "Adds the rows of JSON Lines, JSON, CSV, TSV, plain text, Parquet and Arrow files, those of text also compressed (`.gz`, `.zst`, `.bz2`, `.xz`, `.zip`), on this machine or in object stores.",
  options: {
    dataFiles: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
    filetype: Schema.optionalKey(Schema.Literals(fileTypes)),
    ...firstTextOptions,
    split: Schema.optionalKey(Schema.String),
    header,
    skipRows,
    nulls,
    ...loaderOptions
  },
  defaults: {},
  parameters: ["dataFiles", "filetype", "split", ...textOptionNames, ...loaderParameters],
  needs: ["dataFiles"],
  python: {
    lacks: [...textOptionNames, "split", ...loaderLacks],
    // Python calls JSON Lines `json`.
    spells: { filetype: { jsonl: "json" } },
    ignores: { split: ["train"], storage_options: [null] }
  }
})

/**
 * Adds the rows of JSON Lines, JSON, CSV, TSV, plain text, Parquet and Arrow files, those of text
 * also compressed (`.gz`, `.zst`, `.bz2`, `.xz`, `.zip`), on this machine or in object stores.
 * Files are read as rows are wanted, so that their size does not matter.
 *
 * Declared columns are checked against the first file before anything runs, and only they are read;
 * with `open(...)` all others come too. A later row that does not fit becomes an error row. Values
 * are JSON: integers beyond 2^53 and decimals that no number says exactly are text of their digits,
 * dates and times are text in ISO 8601, bytes are text in base64, unless the column is declared
 * otherwise (`Schema.Date`, `Schema.BigInt`, `Schema.Uint8Array`). Values of CSV files are text;
 * where `columns` says number or boolean, they become that. Text is UTF-8 unless `encoding` names
 * another encoding. A line of plain text is a row with the column `text`. Beside images, the rows
 * of `metadata.jsonl` hold those that they name.
 *
 * @example
 *   const load = LoadDataFromFileSystem({
 *     name: "load",
 *     dataFiles: "data/*.parquet",
 *     columns: { prompt: Schema.String },
 *     outputMappings: { prompt: "instruction" }
 *   })
 *
 * @adds the declared columns; with `open(...)` any other that the files have
 * @fails StepFailed if a file cannot be read, or lacks a declared column or has it with another type
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromfilesystem/
 */
export const LoadDataFromFileSystem = defined(
  definition,
  <
    const Name extends string,
    const Files extends string | ReadonlyArray<string> = never,
    Out extends Outputs = OpenColumns<{}>,
    const OutputMap extends Names<OutputRow<Out>> = {}
  >(
    options: LoadDataFromFileSystemOptions<Name, Files, Out, Mapped<OutputMap, OutputRow<Out>>>
  ): GeneratorStep<
    Name,
    RenamedOut<OutputRow<Out>, {}, OutputMap>,
    [Files] extends [never] ? FileSystemParametersToSet : FileSystemParameters
  > => {
    const declared = outputsOf(options.columns ?? open())
    return stepOf(definition, options, {
      kind: "generator",
      gives: () => declared,
      declares: standardColumns(declared),
      open: (values) =>
        Effect.flatMap(FileStore, (files) =>
          sequenceWorker(options.name, declared, async () => {
            const type = values["filetype"] as FileType | undefined
            const paths = await filesOf(
              files,
              values["dataFiles"] as string | ReadonlyArray<string>,
              type,
              values["split"] as string | undefined
            )
            return openSequence(
              paths.map((path) => ({
                source: files.open(path),
                format: { ...formatOf(path, type), text: textOptionsIn(values as TextOptions) },
                images: imagesBeside(path, files.open)
              })),
              { ...sequenceOptions(declared, values), counts: true }
            )
          })
        )
    })
  }
)
