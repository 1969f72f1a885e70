/** Loads a dataset that was saved to a folder. */
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
import { openDiskDataset } from "../data/distiset/diskDataset.ts"
import { openSequence } from "../data/files/RowSequence.ts"
import { makeStep } from "../step/makeStep.ts"
import type { GeneratorStep } from "../step/Step.ts"
import {
  type LoaderOptions,
  type LoaderParameters,
  loaderParameters,
  loaderValues,
  sequenceOptions,
  sequenceWorker
} from "./loading.ts"

/** Parameters of `LoadDataFromDisk`. */
export interface DiskParameters extends LoaderParameters {
  /** The folder. */
  readonly datasetPath?: string
  /**
   * Whether the folder holds a dataset for each configuration, as a saved Distiset does. Default:
   * if it looks so.
   */
  readonly isDistiset?: boolean
  /** The configuration of a Distiset. Default `default`. */
  readonly config?: string
  /** Default: the only one, in folders laid out as on the Hub `train`. */
  readonly split?: string
}

/** The same where the folder was not given yet. */
export interface DiskParametersToSet extends DiskParameters {
  readonly datasetPath: string
}

export interface LoadDataFromDiskOptions<
  Name extends string,
  Path,
  Out extends Outputs,
  OutputMap
> extends LoaderOptions<Name, Out, OutputMap> {
  /** The folder. Without it, it must be given to `run`. */
  readonly datasetPath?: Path & string
  /**
   * Whether the folder holds a dataset for each configuration, as a saved Distiset does. Default:
   * if it looks so.
   */
  readonly isDistiset?: boolean
  /** The configuration of a Distiset. Default `default`. */
  readonly config?: string
  /** Default: the only one, in folders laid out as on the Hub `train`. */
  readonly split?: string
}

const parameters: Columns = {
  datasetPath: Schema.String,
  isDistiset: Schema.optionalKey(Schema.Boolean),
  config: Schema.optionalKey(Schema.String),
  split: Schema.optionalKey(Schema.String),
  ...loaderParameters
}

/**
 * Gives the rows of a dataset that was saved to a folder: by Python's `save_to_disk`, of a dataset
 * or a Distiset, or laid out as on the Hub, with Parquet, JSON Lines or other files and perhaps a
 * README.
 *
 * Columns and values are as `LoadDataFromFileSystem` has them.
 *
 * @example
 *   const load = LoadDataFromDisk({ name: "load", datasetPath: "saved/distiset", config: "default", columns: { instruction: Schema.String } })
 *
 * @adds the declared columns; with `open(...)` any other that the dataset has
 * @fails StepFailed if the folder holds no dataset, or not this configuration or split, or lacks a declared column
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromdisk/
 */
export const LoadDataFromDisk = <
  const Name extends string,
  const Path = never,
  Out extends Outputs = OpenColumns<{}>,
  const OutputMap extends Names<OutputRow<Out>> = {}
>(
  options: LoadDataFromDiskOptions<Name, Path, Out, OutputMap>
): GeneratorStep<
  Name,
  RenamedOut<OutputRow<Out>, {}, OutputMap>,
  [Path] extends [never] ? DiskParametersToSet : DiskParameters
> => {
  const { batchSize, config, datasetPath, isDistiset, name, outputMappings, split } = options
  const declared = outputsOf(options.columns ?? open())
  const given = { datasetPath, isDistiset, config, split, ...loaderValues(options) }
  return makeStep({
    name,
    type: "LoadDataFromDisk",
    kind: "generator",
    gives: () => declared,
    outputMappings: outputMappings as Readonly<Record<string, string>> | undefined,
    batchSize,
    parameters,
    values: given,
    options: { ...given, columns: options.columns, batchSize, outputMappings },
    open: (values) =>
      sequenceWorker(name, declared, async () => {
        const { datasetPath: path, ...asked } = values as DiskParameters
        const { files, length } = await openDiskDataset({ path: path!, ...asked })
        return openSequence(files, { ...sequenceOptions(declared, values), length, counts: true })
      })
  })
}
