/** Loads a dataset of the Hugging Face Hub. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import {
  open,
  type OpenColumns,
  type OutputRow,
  type Outputs,
  outputsOf
} from "../columns/inputs.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import { openSequence } from "../data/files/RowSequence.ts"
import { openHubDataset } from "../data/hub/openHubDataset.ts"
import { cacheDirectory, CurrentCacheDirectory } from "../data/rows/cacheDirectory.ts"
import { makeStep } from "../step/makeStep.ts"
import type { AnyStep, GeneratorStep } from "../step/Step.ts"
import {
  type LoaderOptions,
  type LoaderParameters,
  loaderParameters,
  loaderValues,
  sequenceOptions,
  sequenceWorker
} from "./loading.ts"
import { Token } from "./token.ts"

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
  Repo,
  Out extends Outputs,
  OutputMap
> extends LoaderOptions<Name, Out, OutputMap> {
  /** The dataset: `owner/name`. Without it, it must be given to `run`. */
  readonly repoId?: Repo & string
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

const parameters: Columns = {
  repoId: Schema.String,
  split: Schema.optionalKey(Schema.String),
  config: Schema.optionalKey(Schema.String),
  revision: Schema.optionalKey(Schema.String),
  token: Schema.optionalKey(Token),
  ...loaderParameters
}

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
export const LoadDataFromHub = <
  const Name extends string,
  const Repo = never,
  Out extends Outputs = OpenColumns<{}>,
  const OutputMap extends Names<OutputRow<Out>> = {}
>(
  options: LoadDataFromHubOptions<Name, Repo, Out, OutputMap>
): HubStep<Name, Repo, Out, OutputMap> => loadFromHub("LoadDataFromHub", options)

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
export const LoadHubDataset = <
  const Name extends string,
  const Repo = never,
  Out extends Outputs = OpenColumns<{}>,
  const OutputMap extends Names<OutputRow<Out>> = {}
>(
  options: LoadDataFromHubOptions<Name, Repo, Out, OutputMap>
): HubStep<Name, Repo, Out, OutputMap> => loadFromHub("LoadHubDataset", options)

type HubStep<Name extends string, Repo, Out extends Outputs, OutputMap> = GeneratorStep<
  Name,
  RenamedOut<OutputRow<Out>, {}, OutputMap>,
  [Repo] extends [never] ? HubParametersToSet : HubParameters
>

const loadFromHub = <S extends AnyStep>(
  type: string,
  options: LoadDataFromHubOptions<string, unknown, Outputs, unknown>
): S => {
  const { batchSize, config, name, outputMappings, repoId, revision, split } = options
  const declared = outputsOf(options.columns ?? open())
  // Wrapped, so that no document and no message shows it.
  const token = typeof options.token === "string" ? Redacted.make(options.token) : options.token
  const given = { repoId, split, config, revision, token, ...loaderValues(options) }
  return makeStep<S>({
    name,
    type,
    kind: "generator",
    gives: () => declared,
    outputMappings: outputMappings as Readonly<Record<string, string>> | undefined,
    batchSize,
    parameters,
    values: given,
    options: { ...given, columns: options.columns, batchSize, outputMappings },
    open: (values) =>
      Effect.flatMap(CurrentCacheDirectory, (cacheDir) =>
        sequenceWorker(name, declared, async () => {
          const {
            repoId: repo,
            split: part = "train",
            streaming = false,
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
