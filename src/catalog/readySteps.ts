/** Ready steps without a model, for documents. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Row } from "../columns/Row.ts"
import { fileTypes } from "../data/files/FileFormat.ts"
import { columns, own, plain, rows, secret } from "../document/classes/fields.ts"
import type { Field, Reading, StepClass } from "../document/classes/Registry.ts"
import { makeStep } from "../step/makeStep.ts"
import type { AnyStep, StepData } from "../step/Step.ts"
import type { StepFailed } from "../step/StepFailed.ts"
import { stepConnected } from "../step/unconnected.ts"
import type { GeneratorWorker } from "../step/Worker.ts"
import { CombineOutputs } from "../steps/CombineOutputs.ts"
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

/** An empty list says as much as none, and Python does not like it. */
const unlessEmpty = (field: Field): Field => ({
  ...field,
  write: (value, at) =>
    Array.isArray(value) && value.length === 0 ? undefined : field.write(value, at)
})

const grouping = [plain("columns", Names), unlessEmpty(plain("output_columns", Names))]

/**
 * Python makes objects of mappings with `type_info`, wherever it finds them: such rows go where it
 * does not look.
 */
const holdsClasses = (data: unknown): boolean =>
  /"(?:type_info|_type)":/.test(
    JSON.stringify(data, (_, held: unknown) => (typeof held === "bigint" ? String(held) : held)) ??
      ""
  )
const onlyIf = (field: Field, fits: (value: unknown) => boolean): Field => ({
  ...field,
  write: (value, at) => (fits(value) ? field.write(value, at) : undefined)
})

interface WithRows {
  readonly name: string
  readonly data?: ReadonlyArray<Row>
  readonly batchSize?: number
  readonly outputMappings?: Readonly<Record<string, string>>
}

/**
 * Rows of the document, or those given when it is loaded, or else a step that wants them when it is
 * run.
 */
const withRows =
  (type: string, make: (options: never) => AnyStep) =>
  (options: WithRows, at: Reading): AnyStep => {
    const data = at.rows ?? options.data
    return data === undefined
      ? askingForRows(type, make, options)
      : make({ ...options, data } as never)
  }

const Rows = Schema.Array(Schema.Record(Schema.String, Schema.Unknown))

const askingForRows = (
  type: string,
  make: (options: never) => AnyStep,
  options: WithRows
): AnyStep => {
  const made = (values: object): StepData => {
    const step = make({ data: [], ...options, ...values } as never) as unknown as StepData
    // It stands in no graph, and nobody forgot it.
    stepConnected(step)
    return step
  }
  const {
    parameters: { batchSize: _, ...parameters },
    values
  } = made({})
  const { batchSize, name, outputMappings, ...own } = options
  return makeStep({
    name,
    type,
    kind: "generator",
    gives: () => ({ columns: {}, open: true }),
    outputMappings,
    batchSize,
    parameters: { data: Rows, ...parameters },
    values,
    options: { ...own, batchSize, outputMappings },
    open: (given) => made(given).open as Effect.Effect<GeneratorWorker, StepFailed>
  })
}

/** Python calls JSON Lines `json`. */
const filetype: Field = {
  ...plain("filetype", Schema.Literals(fileTypes)),
  read: (value, at) =>
    value === "json" || value === "jsonl"
      ? "jsonl"
      : plain("filetype", Schema.Literals(fileTypes)).read(value, at),
  write: (value) => (value === "jsonl" ? "json" : (value as string))
}

/** What Python does not tell apart from it. */
const wholeJson: Field = own(
  onlyIf(plain("filetype", Schema.Literals(["json"])), (value) => value === "json")
)

/** What Python writes for a dataset that was given to `run`. */
const givenToRun = "default_name"

const repoId: Field = {
  ...plain("repo_id", Schema.String),
  read: (value, at) =>
    value === givenToRun ? undefined : plain("repo_id", Schema.String).read(value, at)
}

/** Fields of all that load files. */
const loading = [
  plain("num_examples", Schema.Int),
  plain("streaming", Schema.Boolean),
  own(
    plain(
      "shuffle",
      Schema.Struct({ seed: Schema.Int, bufferSize: Schema.optionalKey(Schema.Int) })
    )
  ),
  own(columns("columns"))
]

/** How text is read, and which split of a folder: Python says neither. */
const textFields = [
  ...["encoding", "delimiter", "quote", "escape", "field", "split"].map((key) =>
    own(plain(key, Schema.String))
  ),
  own(plain("header", Schema.Union([Schema.Boolean, Names]))),
  own(plain("skip_rows", Schema.Int)),
  own(plain("nulls", Names))
]

const hub = [
  repoId,
  plain("split", Schema.String),
  plain("config", Schema.String),
  plain("revision", Schema.String),
  secret("token"),
  ...loading
]
const hubIgnores = { storage_options: [null] }

const data = [
  onlyIf(rows("data"), (given) => !holdsClasses(given)),
  own(onlyIf(rows("data"), holdsClasses))
]

export const readySteps: ReadonlyArray<StepClass> = [
  stepClass("KeepColumns", KeepColumns, { needs: ["columns"], fields: [plain("columns", Names)] }),
  stepClass("MergeColumns", MergeColumns, {
    needs: ["columns"],
    fields: [plain("columns", Names), plain("output_column", Schema.String)]
  }),
  stepClass("GroupColumns", GroupColumns, { needs: ["columns"], fields: grouping }),
  stepClass("CombineColumns", CombineColumns, {
    name: "GroupColumns",
    needs: ["columns"],
    fields: grouping
  }),
  stepClass("CombineOutputs", CombineOutputs),
  stepClass("ExpandColumns", ExpandColumns, {
    needs: ["columns"],
    fields: [
      plain("columns", Schema.Union([Renaming, Names])),
      plain("encoded", Schema.Union([Schema.Boolean, Names])),
      plain("split_statistics", Schema.Boolean)
    ]
  }),
  stepClass("RenameColumns", RenameColumns, {
    needs: ["columns"],
    fields: [plain("columns", Renaming)]
  }),
  stepClass("LoadDataFromDicts", withRows("LoadDataFromDicts", LoadDataFromDicts), {
    fields: data
  }),
  stepClass("DataSampler", withRows("DataSampler", DataSampler), {
    fields: [
      ...data,
      plain("size", Schema.Int),
      plain("samples", Schema.Int),
      own(plain("seed", Schema.Int))
    ]
  }),
  stepClass("LoadDataFromFileSystem", LoadDataFromFileSystem, {
    fields: [
      plain("data_files", Schema.Union([Schema.String, Names])),
      filetype,
      wholeJson,
      ...textFields,
      ...loading
    ],
    ignores: { split: ["train"], storage_options: [null] }
  }),
  stepClass("LoadDataFromDisk", LoadDataFromDisk, {
    fields: [
      plain("dataset_path", Schema.String),
      plain("is_distiset", Schema.Boolean),
      plain("config", Schema.String),
      plain("split", Schema.String),
      ...loading
    ],
    ignores: { keep_in_memory: [null, false], storage_options: [null] }
  }),
  stepClass("LoadDataFromHub", LoadDataFromHub, { fields: hub, ignores: hubIgnores }),
  stepClass("LoadHubDataset", LoadHubDataset, {
    name: "LoadDataFromHub",
    fields: hub,
    ignores: hubIgnores
  }),
  stepClass("PushToHub", PushToHub, {
    fields: [
      repoId,
      plain("split", Schema.String),
      plain("private", Schema.Boolean),
      secret("token"),
      own(plain("config", Schema.String))
    ]
  }),
  stepClass("HuggingFaceHubCheckpointer", HuggingFaceHubCheckpointer, {
    fields: [repoId, plain("private", Schema.Boolean), secret("token")]
  })
]
