/** Distisets: what a run gives, a subset of rows for each leaf. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Row } from "../../columns/Row.ts"
import type { Rows } from "../rows/Rows.ts"
import { isAddress } from "../stores/storeAddress.ts"
import { artifactsFolder } from "./artifacts.ts"
import type { Pushed, PushToHubOptions } from "./pushDataset.ts"
import { contents, type Contents, type SaveToDiskOptions } from "./saveDataset.ts"
import { saveAnywhere } from "./saveToStore.ts"
import type { Story } from "./Story.ts"
import { Subset, type SubsetFiles } from "./Subset.ts"
import { type SplitOptions, type TrainTest, trainTestSplit } from "./trainTestSplit.ts"

/** The subsets of a run by name: `default` if there is one leaf, else named after the leaves. */
export type Subsets<Leaves> = { readonly [Name in keyof Leaves]: Subset<Leaves[Name]> }

/** Subsets as properties: one that is called like a member of the Distiset is in `subsets` only. */
type Properties<Of, Members> = Omit<Of, keyof Of & keyof Members>

/** Subsets that were split, each into its parts. */
export type SplitSubsets<Leaves> = { readonly [Name in keyof Leaves]: TrainTest<Leaves[Name]> }

/** What can be done with subsets, split or not. */
export interface DistisetMethods<Of> {
  /** The folder with the files of the run. */
  readonly directory: string
  readonly subsets: Of
  /**
   * Saves all rows to a folder, by default as the Hub has them: Parquet files and a README that
   * says what is where. `arrow` is for Python's `load_from_disk`, `jsonl` and `csv` are for
   * everything else. Rows that failed go to `errors/`. The folder appears when it is complete.
   *
   * An address (`s3://bucket/folder`, also `gs://`, `az://` and `hf://datasets/OWNER/NAME/…`) saves
   * to an object store: the folder is written in this machine's folder for temporary files
   * (`TMPDIR`) and uploaded, and nobody reads it through this library until all of it is there.
   *
   * @fails DataError, as a rejection: the folder holds something already, a column has values of several types, the disk is full
   */
  readonly saveToDisk: (directory: string, options?: SaveToDiskOptions) => Promise<void>
  /**
   * Pushes all rows to a dataset of the Hugging Face Hub, with a card that says what they are and
   * how they were made.
   *
   * @fails HubError, as a rejection: no token or a wrong one, no Hub, something that looks like a key
   */
  readonly pushToHub: (repo: string, options?: PushToHubOptions) => Promise<Pushed>
  readonly [contents]: Contents
  /** Prints the first rows of each subset as a table, cut to the width of the terminal. */
  readonly print: (count?: number) => Promise<void>
}

/** What splits subsets. */
export interface Splitting<Leaves> {
  /**
   * Splits each subset into `train` and `test`, the same way for the same seed. Nothing is copied:
   * rows are chosen as they are read.
   *
   * @fails DataError, thrown, for a size that a subset cannot be split by
   */
  readonly trainTestSplit: (options: SplitOptions) => SplitDistiset<Leaves>
}

type Members<Leaves, Of> = DistisetMethods<Of> & Splitting<Leaves>

/**
 * What a run gives. Each subset is a property too: `distiset.default.head()`; one that has the name
 * of a member, such as `print`, is reached by `distiset.subsets.print`.
 */
export type Distiset<Leaves> = Properties<Subsets<Leaves>, Members<unknown, unknown>> &
  Members<Leaves, Subsets<Leaves>>

/** Subsets that were saved. */
export type SavedSubsets<Leaves> = { readonly [Name in keyof Leaves]: Rows<Leaves[Name]> }

/** A Distiset that was saved to a folder. */
export type SavedDistiset<Leaves> = Properties<SavedSubsets<Leaves>, Members<unknown, unknown>> &
  Members<Leaves, SavedSubsets<Leaves>>

/** A Distiset whose subsets are split: `distiset.default.train.head()`. */
export type SplitDistiset<Leaves> = Properties<SplitSubsets<Leaves>, DistisetMethods<unknown>> &
  DistisetMethods<SplitSubsets<Leaves>>

/** What a run knows of its rows. */
export interface RunFiles {
  /** The folder of the run. */
  readonly directory: string
  readonly files: ReadonlyArray<SubsetFiles>
  /** What cards say about them. */
  readonly story?: Story | undefined
}

/** A Distiset of files that a run has written. */
export const distisetOf = ({
  directory,
  files,
  story
}: RunFiles): Distiset<Readonly<Record<string, Row>>> => {
  const subsets = files.map((file) => [file.name, new Subset(file)] as const)
  const besides: Besides = {
    directory,
    story,
    artifacts: existsSync(join(directory, artifactsFolder))
      ? join(directory, artifactsFolder)
      : undefined,
    errors: new Map(
      files.flatMap(({ errorCount, errorsPath, name }) =>
        errorCount === 0 ? [] : [[name, errorsPath] as const]
      )
    )
  }
  return splittable(besides, Object.fromEntries(subsets)) as unknown as Distiset<
    Readonly<Record<string, Row>>
  >
}

/** What goes with the rows of a Distiset. */
export interface Besides extends Omit<Contents, "parts"> {
  readonly directory: string
}

/** Whole subsets with what can be done with them. */
export const splittable = (
  besides: Besides,
  subsets: Readonly<Record<string, Rows>>
): SavedDistiset<Readonly<Record<string, Row>>> =>
  ({
    ...withMethods(besides, subsets),
    trainTestSplit: (options: SplitOptions) =>
      withMethods(
        besides,
        Object.fromEntries(
          Object.entries(subsets).map(([name, rows]) => [name, trainTestSplit(rows, options)])
        )
      )
  }) as unknown as SavedDistiset<Readonly<Record<string, Row>>>

/** Subsets with what can be done with them. */
const withMethods = <Of extends Readonly<Record<string, Rows | TrainTest<Row>>>>(
  { directory, ...besides }: Besides,
  subsets: Of
): Of & DistisetMethods<Of> => {
  const parts = new Map(
    Object.entries(subsets).map(([name, subset]) => [
      name,
      new Map("chunks" in subset ? [["train", subset]] : Object.entries(subset))
    ])
  )
  return {
    ...subsets,
    directory,
    subsets,
    [contents]: { ...besides, parts },
    pushToHub: async (repo, options = {}) => {
      const { pushDataset } = await import("./pushDataset.ts")
      const work = isAddress(directory) ? undefined : directory
      return pushDataset(repo, { ...besides, parts }, options, work)
    },
    saveToDisk: (to, options = {}) => saveAnywhere(to, { ...besides, parts }, options),
    print: async (count) => {
      for (const [i, rows] of [...parts.values()]
        .flatMap((splits) => [...splits.values()])
        .entries()) {
        if (i > 0) console.log()
        await rows.print(count)
      }
    }
  }
}
