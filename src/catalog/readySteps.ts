/** Ready steps without a model, for documents. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Row } from "../columns/Row.ts"
import { own, plain, rows, columns } from "../document/fields.ts"
import type { Field, Reading, StepClass } from "../document/Registry.ts"
import { makeStep } from "../step/makeStep.ts"
import type { AnyStep } from "../step/Step.ts"
import { CombineOutputs } from "../steps/CombineOutputs.ts"
import { fileTypes } from "../data/FileFormat.ts"
import { DataSampler } from "../steps/DataSampler.ts"
import { ExpandColumns } from "../steps/ExpandColumns.ts"
import { CombineColumns, GroupColumns } from "../steps/GroupColumns.ts"
import { HuggingFaceHubCheckpointer } from "../steps/HuggingFaceHubCheckpointer.ts"
import { KeepColumns } from "../steps/KeepColumns.ts"
import { LoadDataFromDicts } from "../steps/LoadDataFromDicts.ts"
import { LoadDataFromDisk } from "../steps/LoadDataFromDisk.ts"
import { LoadDataFromFileSystem } from "../steps/LoadDataFromFileSystem.ts"
import { LoadDataFromHub, LoadHubDataset } from "../steps/LoadDataFromHub.ts"
import { MergeColumns } from "../steps/MergeColumns.ts"
import { PushToHub } from "../steps/PushToHub.ts"
import { RenameColumns } from "../steps/RenameColumns.ts"
import { stepClass } from "./stepClass.ts"

const Names = Schema.Array(Schema.String)
const Renaming = Schema.Record(Schema.String, Schema.String)
const Shuffling = Schema.Struct({ seed: Schema.Int, bufferSize: Schema.optionalKey(Schema.Int) })

/** An empty list says as much as none, and Python does not like it. */
const unlessEmpty = (field: Field): Field => ({ ...field, write: (value, at) => Array.isArray(value) && value.length === 0 ? undefined : field.write(value, at) })

const grouping = [plain("columns", Names), unlessEmpty(plain("output_columns", Names))]

/** Python makes objects of mappings with `type_info`, wherever it finds them: such rows go where it does not look. */
const holdsClasses = (data: unknown): boolean => /"(?:type_info|_type)":/.test(JSON.stringify(data) ?? "")
const onlyIf = (field: Field, fits: (value: unknown) => boolean): Field => ({ ...field, write: (value, at) => fits(value) ? field.write(value, at) : undefined })

/** Rows of the document, or those given when it is loaded, or else a step that wants them when it is run. */
const loadDicts = (options: { readonly name: string; readonly data?: ReadonlyArray<Row>; readonly batchSize?: number; readonly outputMappings?: {} }, at: Reading): AnyStep => {
  const data = at.rows ?? options.data
  return data === undefined ? askingForRows(options) : LoadDataFromDicts({ ...options, data })
}

const Rows = Schema.Array(Schema.Record(Schema.String, Schema.Unknown))

const askingForRows = ({ batchSize, name, outputMappings }: { readonly name: string; readonly batchSize?: number; readonly outputMappings?: Readonly<Record<string, string>> }): AnyStep =>
  makeStep({
    name,
    type: "LoadDataFromDicts",
    kind: "generator",
    gives: () => ({ columns: {}, open: true }),
    outputMappings,
    batchSize,
    parameters: { data: Rows },
    options: { batchSize, outputMappings },
    open: ({ data = [] }) => {
      const list = data as ReadonlyArray<Row>
      return Effect.succeed({ kind: "generator", generate: (offset) => list.slice(offset), total: list.length })
    }
  })

/** Python calls JSON Lines `json`. */
const filetype: Field = {
  ...plain("filetype", Schema.String),
  read: (value, at) => {
    if (value === "json" || value === "jsonl") return "jsonl"
    if (fileTypes.some((known) => known === value)) return value
    at.warn(`'filetype' of '${at.step}' is '${String(value)}', which this version cannot read. It reads: ${fileTypes.join(", ")}.`)
    return undefined
  },
  write: (value) => value === "jsonl" ? "json" : value as string
}

/** What Python writes for a dataset that was given to `run`. */
const givenToRun = "default_name"

const repoId: Field = { ...plain("repo_id", Schema.String), read: (value, at) => value === givenToRun ? undefined : plain("repo_id", Schema.String).read(value, at) }

/** What Python's loaders do not know. */
const ownLoading = [own(columns("columns")), own(plain("shuffle", Shuffling))]
const hub = [repoId, plain("split", Schema.String), plain("config", Schema.String), plain("revision", Schema.String), plain("streaming", Schema.Boolean), plain("num_examples", Schema.Int), ...ownLoading]
const hubIgnores = { revision: [null], storage_options: [null] }

/** The step draws from rows that the program has: the document's, or those given when it is loaded. */
const sampler = (options: { readonly name: string; readonly data?: ReadonlyArray<Row> }, at: Reading): AnyStep => DataSampler({ ...options, data: at.rows ?? options.data ?? [] })

/** Tokens are never written, and none is taken from a document. */
const pushIgnores = { token: [] }

export const readySteps: ReadonlyArray<StepClass> = [
  stepClass("KeepColumns", KeepColumns, { needs: ["columns"], fields: [plain("columns", Names)] }),
  stepClass("MergeColumns", MergeColumns, { needs: ["columns"], fields: [plain("columns", Names), plain("output_column", Schema.String)] }),
  stepClass("GroupColumns", GroupColumns, { needs: ["columns"], fields: grouping }),
  stepClass("CombineColumns", CombineColumns, { name: "GroupColumns", needs: ["columns"], fields: grouping }),
  stepClass("CombineOutputs", CombineOutputs),
  stepClass("ExpandColumns", ExpandColumns, {
    needs: ["columns"],
    fields: [
      plain("columns", Schema.Union([Renaming, Names])),
      plain("encoded", Schema.Union([Schema.Boolean, Names])),
      plain("split_statistics", Schema.Boolean)
    ]
  }),
  stepClass("RenameColumns", RenameColumns, { needs: ["columns"], fields: [plain("columns", Renaming)] }),
  stepClass("LoadDataFromDicts", loadDicts, { fields: [onlyIf(rows("data"), (data) => !holdsClasses(data)), own(onlyIf(rows("data"), holdsClasses))] }),
  stepClass("LoadDataFromFileSystem", LoadDataFromFileSystem, {
    fields: [plain("data_files", Schema.Union([Schema.String, Names])), filetype, plain("num_examples", Schema.Int), plain("streaming", Schema.Boolean), ...ownLoading],
    ignores: { split: ["train"], storage_options: [null] }
  }),
  stepClass("LoadDataFromHub", LoadDataFromHub, { fields: hub, ignores: hubIgnores }),
  stepClass("LoadHubDataset", LoadHubDataset, { name: "LoadDataFromHub", fields: hub, ignores: hubIgnores }),
  stepClass("LoadDataFromDisk", LoadDataFromDisk, {
    fields: [plain("dataset_path", Schema.String), plain("is_distiset", Schema.Boolean), plain("config", Schema.String), plain("split", Schema.String), plain("num_examples", Schema.Int), ...ownLoading],
    ignores: { keep_in_memory: [null, false, true], storage_options: [null] }
  }),
  stepClass("DataSampler", sampler, { fields: [rows("data"), plain("size", Schema.Int), plain("samples", Schema.Int), own(plain("seed", Schema.Int))] }),
  stepClass("PushToHub", PushToHub, { fields: [plain("repo_id", Schema.String), plain("split", Schema.String), plain("private", Schema.Boolean), own(plain("config", Schema.String))], ignores: pushIgnores }),
  stepClass("HuggingFaceHubCheckpointer", HuggingFaceHubCheckpointer, { fields: [plain("repo_id", Schema.String), plain("private", Schema.Boolean)], ignores: pushIgnores })
]
