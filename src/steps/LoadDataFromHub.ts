/** Loads a dataset of the Hugging Face Hub. */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
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
import { openSequence } from "../data/files/RowSequence.ts"
import { openHubDataset } from "../data/hub/openHubDataset.ts"
import { cacheDirectory, CurrentCacheDirectory } from "../data/rows/cacheDirectory.ts"
import { type AnyDefinition, define, defined } from "../step/Definition.ts"
import { SecretOption } from "../step/options.ts"
import type { AnyStep, GeneratorStep } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"
import { givenToRun } from "./givenToRun.ts"
import {
  loaderLacks,
  type LoaderOptions,
  loaderOptions,
  type LoaderParameters,
  loaderParameters,
  sequenceOptions,
  sequenceWorker
} from "./loading.ts"

/** Parameters of `LoadDataFromHub`. */
export interface HubParameters extends LoaderParameters {
  /** The dataset: `owner/name`. */
  readonly repoId?: string
  /** Default `train`. */
  readonly split?: string
  /** The dataset's configuration. Default: the only one, or `default`. */
  readonly config?: string
  /** A branch, a tag or a commit. Default: the main branch. */
  readonly revision?: string
  /**
   * True to read over the network as rows are wanted, rather than to download files first. Default
   * false.
   */
  readonly streaming?: boolean
  /**
   * The token for private and gated datasets. Default: `HF_TOKEN`, else the one that `hf auth
   * login` has left.
   */
  readonly token?: string | Redacted.Redacted
}

/** The same where the dataset was not given yet. */
export interface HubParametersToSet extends HubParameters {
  readonly repoId: string
}

export interface LoadDataFromHubOptions<
  Name extends string,
  Repo extends string,
  Out extends Outputs,
  OutputMap
> extends LoaderOptions<Name, Out, OutputMap> {
  /** The dataset: `owner/name`. Without it, it must be given to `run`. */
  readonly repoId?: Repo
  /** Default `train`. */
  readonly split?: string
  /** The dataset's configuration. Default: the only one, or `default`. */
  readonly config?: string
  /** A branch, a tag or a commit. Default: the main branch. */
  readonly revision?: string
  /**
   * True to read over the network as rows are wanted, rather than to download files first. Default
   * false.
   */
  readonly streaming?: boolean
  /**
   * The token for private and gated datasets. Default: `HF_TOKEN`, else the one that `hf auth
   * login` has left.
   */
  readonly token?: string | Redacted.Redacted
}

const hub = {
  options: {
    repoId: Schema.optionalKey(Schema.String),
    split: Schema.optionalKey(Schema.String),
    config: Schema.optionalKey(Schema.String),
    revision: Schema.optionalKey(Schema.String),
    token: Schema.optionalKey(SecretOption),
    ...loaderOptions
  },
  defaults: { split: "train", streaming: false },
  parameters: ["repoId", "split", "config", "revision", "token", ...loaderParameters],
  needs: ["repoId"],
  python: {
    lacks: loaderLacks,
    blanks: { repoId: [givenToRun] },
    ignores: { storage_options: [null] }
  }
} as const

export const definition = define({
  ...hub,
  type: "LoadDataFromHub",
  about:
    "Gives the rows of a dataset of the Hugging Face Hub: of the files that Python's `load_dataset` would take, in Parquet, Arrow, JSON Lines, JSON or CSV; of others, as the Hub has converted them to Parquet."
})

/**
 * Gives the rows of a dataset of the Hugging Face Hub: of the files that Python's `load_dataset`
 * would take, in Parquet, Arrow, JSON Lines, JSON or CSV; of others, as the Hub has converted them
 * to Parquet.
 *
 * Files are downloaded into the cache directory, each when its first row is wanted, and found there
 * by later runs; with `streaming` only what is wanted is read over the network. `HF_ENDPOINT` names
 * another Hub. Declared columns are checked against the first file before anything runs, and only
 * they are read; values are as `LoadDataFromFileSystem` has them.
 *
 * @example
 *   const load = LoadDataFromHub({
 *     name: "load",
 *     repoId: "distilabel-internal-testing/instruction-dataset-mini",
 *     split: "test",
 *     columns: { prompt: Schema.String },
 *     outputMappings: { prompt: "instruction" }
 *   })
 *
 * @adds the declared columns; with `open(...)` any other that the dataset has
 * @fails StepFailed if the dataset, its configuration or its split is not there or not open to this token, or lacks a declared column
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromhub/
 */
export const LoadDataFromHub = defined(
  definition,
  <
    const Name extends string,
    const Repo extends string = never,
    Out extends Outputs = OpenColumns<{}>,
    const OutputMap extends Names<OutputRow<Out>> = {}
  >(
    options: LoadDataFromHubOptions<Name, Repo, Out, Mapped<OutputMap, OutputRow<Out>>>
  ): HubStep<Name, Repo, Out, OutputMap> => loadFromHub(definition, options)
)

export const former = define({
  ...hub,
  type: "LoadHubDataset",
  about: "`LoadDataFromHub` under the name it had before distilabel 1.4.",
  python: { ...hub.python, name: "LoadDataFromHub" }
})

/**
 * `LoadDataFromHub` under the name it had before distilabel 1.4.
 *
 * @example
 *   const load = LoadHubDataset({ name: "load_dataset", columns: { prompt: Schema.String }, outputMappings: { prompt: "instruction" } })
 *
 * @adds the declared columns; with `open(...)` any other that the dataset has
 * @fails StepFailed as `LoadDataFromHub`
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromhub/
 */
export const LoadHubDataset = defined(
  former,
  <
    const Name extends string,
    const Repo extends string = never,
    Out extends Outputs = OpenColumns<{}>,
    const OutputMap extends Names<OutputRow<Out>> = {}
  >(
    options: LoadDataFromHubOptions<Name, Repo, Out, Mapped<OutputMap, OutputRow<Out>>>
  ): HubStep<Name, Repo, Out, OutputMap> => loadFromHub(former, options)
)

type HubStep<
  Name extends string,
  Repo extends string,
  Out extends Outputs,
  OutputMap
> = GeneratorStep<
  Name,
  RenamedOut<OutputRow<Out>, {}, OutputMap>,
  [Repo] extends [never] ? HubParametersToSet : HubParameters
>

const loadFromHub = <S extends AnyStep>(
  of: AnyDefinition,
  options: LoadDataFromHubOptions<string, string, Outputs, unknown>
): S => {
  const declared = outputsOf(options.columns ?? open())
  return stepOf<S>(of, options, {
    kind: "generator",
    gives: () => declared,
    declares: standardColumns(declared),
    open: (values) =>
      Effect.flatMap(CurrentCacheDirectory, (cacheDir) =>
        sequenceWorker(options.name, declared, async () => {
          const {
            repoId: repo,
            split: part = hub.defaults.split,
            streaming = hub.defaults.streaming,
            ...asked
          } = values as HubParameters
          const { files, length } = await openHubDataset({
            repoId: repo!,
            split: part,
            streaming,
            config: asked.config,
            revision: asked.revision,
            token: asked.token,
            cacheDir: cacheDirectory(cacheDir)
          })
          return openSequence(files, { ...sequenceOptions(declared, values), length })
        })
      )
  })
}
