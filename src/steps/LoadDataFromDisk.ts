/** Loads a dataset that was saved to a folder. */
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
import { openDiskDataset } from "../data/distiset/diskDataset.ts"
import { openSequence } from "../data/files/RowSequence.ts"
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

/** Parameters of `LoadDataFromDisk`. */
export interface DiskParameters extends LoaderParameters {
  /** The folder: its path, or its address in an object store. */
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
  Path extends string,
  Out extends Outputs,
  OutputMap
> extends LoaderOptions<Name, Out, OutputMap> {
  /**
   * The folder: its path, or its address in an object store. Without it, it must be given to `run`.
   */
  readonly datasetPath?: Path
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

export const definition = define({
  type: "LoadDataFromDisk",
  about:
    "Gives the rows of a dataset that was saved to a folder: by Python's `save_to_disk`, of a dataset or a Distiset, or laid out as on the Hub, with Parquet, JSON Lines or other files and perhaps a README.",
  options: {
    datasetPath: Schema.optionalKey(Schema.String),
    isDistiset: Schema.optionalKey(Schema.Boolean),
    config: Schema.optionalKey(Schema.String),
    split: Schema.optionalKey(Schema.String),
    ...loaderOptions
  },
  defaults: {},
  parameters: ["datasetPath", "isDistiset", "config", "split", ...loaderParameters],
  needs: ["datasetPath"],
  python: {
    lacks: loaderLacks,
    ignores: { keep_in_memory: [null, false], storage_options: [null] }
  }
})

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
export const LoadDataFromDisk = defined(
  definition,
  <
    const Name extends string,
    const Path extends string = never,
    Out extends Outputs = OpenColumns<{}>,
    const OutputMap extends Names<OutputRow<Out>> = {}
  >(
    options: LoadDataFromDiskOptions<Name, Path, Out, Mapped<OutputMap, OutputRow<Out>>>
  ): GeneratorStep<
    Name,
    RenamedOut<OutputRow<Out>, {}, OutputMap>,
    [Path] extends [never] ? DiskParametersToSet : DiskParameters
  > => {
    const declared = outputsOf(options.columns ?? open())
    return stepOf(definition, options, {
      kind: "generator",
      gives: () => declared,
      declares: standardColumns(declared),
      open: (values) =>
        sequenceWorker(options.name, declared, async () => {
          const { datasetPath: path, ...asked } = values as DiskParameters
          const { files, length } = await openDiskDataset({ path: path!, ...asked })
          return openSequence(files, { ...sequenceOptions(declared, values), length, counts: true })
        })
    })
  }
)
