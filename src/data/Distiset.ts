/** Distisets: what a run gives, a subset of rows for each leaf. */
import { copyFile, mkdir } from "node:fs/promises"
import { join } from "node:path"
import type { Row } from "../columns/Row.ts"
import type { Rows } from "./Rows.ts"
import { Subset, type SubsetFiles } from "./Subset.ts"
import { type SplitOptions, type TrainTest, trainTestSplit } from "./trainTestSplit.ts"

/** The subsets of a run by name: `default` if there is one leaf, else named after the leaves. */
export type Subsets<Leaves> = { readonly [Name in keyof Leaves]: Subset<Leaves[Name]> }

/** Subsets that were split, each into its parts. */
export type SplitSubsets<Leaves> = { readonly [Name in keyof Leaves]: TrainTest<Leaves[Name]> }

/** What can be done with subsets, split or not. */
export interface DistisetMethods<Of> {
  /** The folder with the files of the run. */
  readonly directory: string
  readonly subsets: Of
  /** Prints the first rows of each subset as a table, cut to the width of the terminal. */
  readonly print: (count?: number) => Promise<void>
}

/** What a run gives. Each subset is a property too: `distiset.default.head()`. */
export type Distiset<Leaves> = Subsets<Leaves> & DistisetMethods<Subsets<Leaves>> & {
  /**
   * Splits each subset into `train` and `test`, the same way for the same seed. Nothing is copied: rows are chosen as they are read.
   *
   * @fails DataError, thrown, for a size that a subset cannot be split by
   */
  readonly trainTestSplit: (options: SplitOptions) => SplitDistiset<Leaves>
  /** Copies the subsets to a folder, as `NAME.jsonl` and, for rows that failed, `NAME.errors.jsonl`. */
  readonly saveToDisk: (directory: string) => Promise<void>
}

/** A Distiset whose subsets are split: `distiset.default.train.head()`. */
export type SplitDistiset<Leaves> = SplitSubsets<Leaves> & DistisetMethods<SplitSubsets<Leaves>>

/** The rows of each split of each subset. What was not split is the split `train`. */
export type Parts = ReadonlyMap<string, ReadonlyMap<string, Rows>>

/** A Distiset of files that a run has written. */
export const distisetOf = (directory: string, files: ReadonlyArray<SubsetFiles>): Distiset<Readonly<Record<string, Row>>> => {
  const subsets = files.map((file) => [file.name, new Subset(file)] as const)
  return {
    ...withMethods(directory, Object.fromEntries(subsets)),
    trainTestSplit: (options: SplitOptions) => withMethods(directory, Object.fromEntries(subsets.map(([name, subset]) => [name, trainTestSplit(subset, options)]))),
    saveToDisk: async (to: string) => {
      await mkdir(to, { recursive: true })
      for (const { errorCount, errorsPath, name, path } of files) {
        await copyFile(path, join(to, `${name}.jsonl`))
        if (errorCount > 0) await copyFile(errorsPath, join(to, `${name}.errors.jsonl`))
      }
    }
  } as unknown as Distiset<Readonly<Record<string, Row>>>
}

const withMethods = <Of extends Readonly<Record<string, Rows | TrainTest<Row>>>>(directory: string, subsets: Of): Of & DistisetMethods<Of> => ({
  ...subsets,
  directory,
  subsets,
  print: async (count) => {
    const all = Object.values(subsets).flatMap((subset): ReadonlyArray<Rows> => "chunks" in subset ? [subset] : Object.values(subset))
    for (const [i, rows] of all.entries()) {
      if (i > 0) console.log()
      await rows.print(count)
    }
  }
})
