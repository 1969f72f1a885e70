/**
 * Signatures that are written by hand take what their definitions say. The compiler finds where
 * they do not: an option of another name, of another type, or that one of them may leave out.
 */
import { expect, expectTypeOf, it } from "vitest"
import type { RowOf } from "../../src/columns/Columns.ts"
import type { clusteringOptions } from "../../src/gallery/labels/TextClustering.ts"
import type { generatorOptions } from "../../src/gallery/maths/MathShepherdGenerator.ts"
import type { embeddingTaskOptions } from "../../src/gallery/pairs/EmbeddingTaskGenerator.ts"
import type { magpieOptions } from "../../src/gallery/texts/conversed.ts"
import type { generatorOptions as magpieGeneratorOptions } from "../../src/gallery/texts/MagpieGenerator.ts"
import * as library from "../../src/index.ts"
import type { StepDefinition } from "../../src/step/Definition.ts"
import type { OptionFields, OptionsOf } from "../../src/step/options.ts"
import * as own from "../../src/step/ownDefinitions.ts"
import { definition as fromArgilla } from "../../src/steps/argilla/LoadDataFromArgilla.ts"
import { definition as preferenceToArgilla } from "../../src/steps/argilla/PreferenceToArgilla.ts"
import { definition as textToArgilla } from "../../src/steps/argilla/TextGenerationToArgilla.ts"
import { definition as executionChecker } from "../../src/steps/calls/APIGenExecutionChecker.ts"
import { definition as combineOutputs } from "../../src/steps/CombineOutputs.ts"
import { definition as dataSampler } from "../../src/steps/DataSampler.ts"
import { definition as decontaminate } from "../../src/steps/Decontaminate.ts"
import { definition as dropNulls } from "../../src/steps/DropNulls.ts"
import { definition as embeddingGeneration } from "../../src/steps/embeddings/EmbeddingGeneration.ts"
import { definition as generateEmbeddings } from "../../src/steps/embeddings/GenerateEmbeddings.ts"
import { definition as expandColumns } from "../../src/steps/ExpandColumns.ts"
import { definition as exactDedup } from "../../src/steps/filter/ExactDedup.ts"
import { definition as formatPRM } from "../../src/steps/format/FormatPRM.ts"
import { combining, definition as groupColumns } from "../../src/steps/GroupColumns.ts"
import { definition as hash } from "../../src/steps/Hash.ts"
import { definition as checkpointer } from "../../src/steps/HuggingFaceHubCheckpointer.ts"
import { definition as imageGeneration } from "../../src/steps/images/ImageGeneration.ts"
import { definition as keepColumns } from "../../src/steps/KeepColumns.ts"
import { definition as fromDicts } from "../../src/steps/LoadDataFromDicts.ts"
import { definition as fromDisk } from "../../src/steps/LoadDataFromDisk.ts"
import { definition as fromFileSystem } from "../../src/steps/LoadDataFromFileSystem.ts"
import { definition as fromHub, former } from "../../src/steps/LoadDataFromHub.ts"
import { definition as lookup } from "../../src/steps/Lookup.ts"
import { definition as mergeColumns } from "../../src/steps/MergeColumns.ts"
import { definition as countBy } from "../../src/steps/order/CountBy.ts"
import { definition as sortRows } from "../../src/steps/order/SortRows.ts"
import { definition as pushToHub } from "../../src/steps/PushToHub.ts"
import { definition as renameColumns } from "../../src/steps/RenameColumns.ts"
import { filtering, mapping } from "../../src/steps/rows.ts"
import { definition as pairRM } from "../../src/steps/scores/PairRM.ts"
import { definition as rewardModelScore } from "../../src/steps/scores/RewardModelScore.ts"
import { definition as extractJson } from "../../src/steps/texts/ExtractJson.ts"
import { definition as toFile } from "../../src/steps/ToFile.ts"
import type { GeneratorTaskOptions, MultiCallOptions } from "../../src/tasks/makeCalling.ts"
import type { ownTaskOptions } from "../../src/tasks/task.ts"
import type { taskOptions } from "../../src/tasks/taskOptions.ts"
import type { TaskOptions } from "../../src/tasks/TaskStep.ts"
import type { generationColumns, generationOptions } from "../../src/tasks/TextGeneration.ts"
import { type Generation, type InstructionRow } from "../../src/tasks/TextGeneration.ts"

/** Options that every step has, whatever its class. */
type Shared =
  | "name"
  | "batchSize"
  | "inputBatchSize"
  | "inputMappings"
  | "outputMappings"
  | "useCache"

/** The options that a constructor takes, type parameters as wide as they may be. */
type Taken<Make> = Make extends (options: infer Options) => unknown ? Options : never

type OptionalKeys<O> = { [K in keyof O]-?: {} extends Pick<O, K> ? K : never }[keyof O]

/** What an option may hold: a value of its schema, or what becomes one. */
type Held<Own extends OptionFields, K extends keyof Own> =
  | Own[K]["Type"]
  | Own[K]["Encoded"]
  | undefined

/** Where options and schemas disagree: `never` if nowhere. */
type Disagreement<Options, Own extends OptionFields, Else extends PropertyKey> =
  | Exclude<keyof Options, keyof Own | Else>
  | Exclude<keyof Own, keyof Options>
  | Exclude<OptionalKeys<Pick<Options, keyof Own & keyof Options>>, OptionalKeys<OptionsOf<Own>>>
  | Exclude<OptionalKeys<OptionsOf<Own>>, OptionalKeys<Options>>
  | {
      [K in keyof Own & keyof Options]: Options[K] extends Held<Own, K> ? never : K
    }[keyof Own & keyof Options]

/** Compiles if a constructor takes the options of its definition. */
const agree = <Make, Own extends OptionFields, Defaults>(
  _make: Make,
  _definition: StepDefinition<Own, Defaults>
) => expectTypeOf<Disagreement<Taken<Make>, Own, Shared>>()

it("ready steps take the options of their definitions", () => {
  agree(library.APIGenExecutionChecker, executionChecker).toBeNever()
  agree(library.CombineOutputs, combineOutputs).toBeNever()
  agree(library.DataSampler, dataSampler).toBeNever()
  agree(library.ExactDedup, exactDedup).toBeNever()
  agree(library.Hash, hash).toBeNever()
  agree(library.CountBy, countBy).toBeNever()
  agree(library.SortRows, sortRows).toBeNever()
  agree(library.Lookup, lookup).toBeNever()
  agree(library.Decontaminate, decontaminate).toBeNever()
  agree(library.ExtractJson, extractJson).toBeNever()
  agree(library.ToFile, toFile).toBeNever()
  agree(library.TextGenerationToArgilla, textToArgilla).toBeNever()
  agree(library.PreferenceToArgilla, preferenceToArgilla).toBeNever()
  agree(library.LoadDataFromArgilla, fromArgilla).toBeNever()
  agree(library.EmbeddingGeneration, embeddingGeneration).toBeNever()
  agree(library.GenerateEmbeddings, generateEmbeddings).toBeNever()
  agree(library.ExpandColumns, expandColumns).toBeNever()
  agree(library.FormatPRM, formatPRM).toBeNever()
  agree(library.PairRM, pairRM).toBeNever()
  agree(library.RewardModelScore, rewardModelScore).toBeNever()
  agree(library.ImageGeneration, imageGeneration).toBeNever()
  agree(library.GroupColumns, groupColumns).toBeNever()
  agree(library.CombineColumns, combining).toBeNever()
  agree(library.HuggingFaceHubCheckpointer, checkpointer).toBeNever()
  agree(library.DropNulls, dropNulls).toBeNever()
  agree(library.KeepColumns, keepColumns).toBeNever()
  agree(library.LoadDataFromDicts, fromDicts).toBeNever()
  agree(library.LoadDataFromDisk, fromDisk).toBeNever()
  agree(library.LoadDataFromFileSystem, fromFileSystem).toBeNever()
  agree(library.LoadDataFromHub, fromHub).toBeNever()
  agree(library.LoadHubDataset, former).toBeNever()
  agree(library.MergeColumns, mergeColumns).toBeNever()
  agree(library.PushToHub, pushToHub).toBeNever()
  agree(library.RenameColumns, renameColumns).toBeNever()
  agree(library.FilterRows, filtering).toBeNever()
  agree(library.MapRows, mapping).toBeNever()
})

it("own steps take the options of their definitions", () => {
  agree(library.step, own.stepDefinition).toBeNever()
  agree(library.globalStep, own.globalStepDefinition).toBeNever()
  agree(library.joinStep, own.joinStepDefinition).toBeNever()
  agree(library.generatorStep, own.generatorStepDefinition).toBeNever()
})

type AnyTaskOptions = TaskOptions<string, library.LLM, boolean, unknown, unknown, boolean>

it("tasks take the options of their definitions, besides those of all tasks", () => {
  expectTypeOf<Disagreement<AnyTaskOptions, typeof taskOptions, Shared>>().toBeNever()
  type Else = keyof AnyTaskOptions
  expectTypeOf<
    Disagreement<Taken<typeof library.TextGeneration>, typeof generationOptions, Else>
  >().toBeNever()
  expectTypeOf<
    Disagreement<Taken<typeof library.MathShepherdGenerator>, typeof generatorOptions, Else>
  >().toBeNever()
  expectTypeOf<Disagreement<Taken<typeof library.task>, typeof ownTaskOptions, Else>>().toBeNever()
})

it("tasks of all rows at once take the options of their definitions", () => {
  expectTypeOf<
    Disagreement<Taken<typeof library.TextClustering>, typeof clusteringOptions, Shared>
  >().toBeNever()
})

it("tasks of several calls take the options of their definitions", () => {
  type Else = keyof MultiCallOptions<string, library.LLM, unknown, unknown>
  expectTypeOf<Disagreement<Taken<typeof library.Magpie>, typeof magpieOptions, Else>>().toBeNever()
})

it("generators of tasks take the options of their definitions, besides those of all of them", () => {
  type Else = keyof GeneratorTaskOptions<string, library.LLM, unknown>
  expectTypeOf<
    Disagreement<Taken<typeof library.EmbeddingTaskGenerator>, typeof embeddingTaskOptions, Else>
  >().toBeNever()
  expectTypeOf<
    Disagreement<Taken<typeof library.MagpieGenerator>, typeof magpieGeneratorOptions, Else>
  >().toBeNever()
})

it("text generation reads and adds the columns of its definition", () => {
  expectTypeOf<RowOf<(typeof generationColumns)["reads"]>>().toExtend<InstructionRow>()
  expectTypeOf<InstructionRow>().toExtend<RowOf<(typeof generationColumns)["reads"]>>()
  expectTypeOf<RowOf<(typeof generationColumns)["adds"]>>().toEqualTypeOf<Generation<string>>()
})

it("a disagreement is found", () => {
  const options = { columns: keepColumns.options.columns, more: keepColumns.options.columns }
  expectTypeOf<
    Disagreement<Taken<typeof library.KeepColumns>, typeof options, Shared>
  >().toEqualTypeOf<"more">()
  expectTypeOf<
    Disagreement<{ readonly columns?: number }, (typeof keepColumns)["options"], Shared>
  >().toEqualTypeOf<"columns">()
  expect(keepColumns.type).toBe("KeepColumns")
})
