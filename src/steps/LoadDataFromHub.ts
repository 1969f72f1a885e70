/** Loads a dataset of the Hugging Face Hub. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import { open, type OpenColumns, type OutputRow, type Outputs, outputsOf } from "../columns/inputs.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import { type GeneratorParameters, makeStep } from "../step/makeStep.ts"
import type { AnyStep, GeneratorStep } from "../step/Step.ts"
import { StepFailed } from "../step/StepFailed.ts"

/** Parameters of `LoadDataFromHub`. */
export interface HubParameters extends GeneratorParameters {
  /** The dataset: `owner/name`. */
  readonly repoId?: string
  /** Default `train`. */
  readonly split?: string
  /** The dataset's configuration. Default: the only one, or `default`. */
  readonly config?: string
  /** At most so many rows. Default: all. */
  readonly numExamples?: number
}

/** The same where the dataset was not given yet. */
export interface HubParametersToSet extends HubParameters {
  readonly repoId: string
}

export interface LoadDataFromHubOptions<Name extends string, Repo, Out extends Outputs, OutputMap> {
  readonly name: Name
  /** The dataset: `owner/name`. Without it, it must be given to `run`. */
  readonly repoId?: Repo & string
  /** Default `train`. */
  readonly split?: string
  /** The dataset's configuration. Default: the only one, or `default`. */
  readonly config?: string
  /** The columns of the rows. Default: open, any column may be there. */
  readonly columns?: Out
  /** At most so many rows. Default: all. */
  readonly numExamples?: number
  /** Rows in one batch. Default 50. */
  readonly batchSize?: number
  /** New names for columns: `{ prompt: "instruction" }`. */
  readonly outputMappings?: OutputMap
}

const parameters: Columns = {
  repoId: Schema.String,
  split: Schema.optionalKey(Schema.String),
  config: Schema.optionalKey(Schema.String),
  numExamples: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0)))
}

/**
 * Declares a dataset of the Hugging Face Hub as a source. This version checks such a pipeline, but cannot download: running it fails at once
 * and says how to go on with a file.
 *
 * @adds the declared columns
 * @fails StepFailed always, until the Hub can be read
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromhub/
 * @example
 * const load = LoadDataFromHub({ name: "load", columns: { prompt: Schema.String }, outputMappings: { prompt: "instruction" } })
 */
export const LoadDataFromHub = <
  const Name extends string,
  const Repo = never,
  Out extends Outputs = OpenColumns<{}>,
  const OutputMap extends Names<OutputRow<Out>> = {}
>(options: LoadDataFromHubOptions<Name, Repo, Out, OutputMap>): HubStep<Name, Repo, Out, OutputMap> => loadFromHub("LoadDataFromHub", options)

/**
 * `LoadDataFromHub` under the name it had before distilabel 1.4.
 *
 * @adds the declared columns
 * @fails StepFailed always, until the Hub can be read
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromhub/
 * @example
 * const load = LoadHubDataset({ name: "load_dataset", columns: { prompt: Schema.String }, outputMappings: { prompt: "instruction" } })
 */
export const LoadHubDataset = <
  const Name extends string,
  const Repo = never,
  Out extends Outputs = OpenColumns<{}>,
  const OutputMap extends Names<OutputRow<Out>> = {}
>(options: LoadDataFromHubOptions<Name, Repo, Out, OutputMap>): HubStep<Name, Repo, Out, OutputMap> => loadFromHub("LoadHubDataset", options)

type HubStep<Name extends string, Repo, Out extends Outputs, OutputMap> = GeneratorStep<
  Name,
  RenamedOut<OutputRow<Out>, {}, OutputMap>,
  [Repo] extends [never] ? HubParametersToSet : HubParameters
>

const loadFromHub = <S extends AnyStep>(type: string, options: LoadDataFromHubOptions<string, unknown, Outputs, unknown>): S => {
  const { batchSize, config, name, numExamples, outputMappings, repoId, split } = options
  const declared = outputsOf(options.columns ?? open())
  return makeStep<S>({
    name,
    type,
    kind: "generator",
    gives: () => declared,
    outputMappings: outputMappings as Readonly<Record<string, string>> | undefined,
    batchSize,
    parameters,
    values: { repoId, split, config, numExamples },
    options: { repoId, split, config, columns: options.columns, numExamples, batchSize, outputMappings },
    open: (values) =>
      Effect.fail(
        new StepFailed({
          step: name,
          phase: "load",
          reason: "NotYet",
          detail: `this version cannot read '${String(values["repoId"])}' from the Hugging Face Hub. ` +
            `Download a file of it and load that with LoadDataFromFileSystem({ dataFiles: "…" }).`
        })
      )
  })
}
