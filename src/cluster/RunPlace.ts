/**
 * Where a run in shards lies: in a folder of a disk that all its processes see, or in an object
 * store, of which each machine keeps what it needs in a folder of its own. Either way the files of
 * the folder are read and written as files.
 */
import { existsSync, renameSync, rmSync } from "node:fs"
import { makeFolder } from "../disk/makeFolder.ts"
import { retried, retryShards } from "./retryShards.ts"
import { placesIn, type PlannedPart, type RunPlan, shardFolder } from "./RunPlan.ts"

/** What came of an attempt that is complete. */
export type CommitEnd = "done" | "another was first"

export interface RunPlace {
  /** As the user names it: a path or an address. */
  readonly name: string
  /** The folder on this machine. */
  readonly folder: string
  /** The name of the run in its store; undefined on a disk. */
  readonly storedAs: string | undefined
  /** Lets others see the plan that was made here, and the program that is packed with it. */
  readonly publish: () => Promise<void>
  /** Brings what says which shards are done, and takes away what is done no more. */
  readonly bringShards: (plan: RunPlan) => Promise<void>
  /** Brings what the work on a shard begins with: rows that come in, and answers of attempts before. */
  readonly bringFor: (plan: RunPlan, part: PlannedPart, index: number) => Promise<void>
  /** Keeps the answers of a shard where all find them, until what it gives is called. */
  readonly keepAnswers: (part: PlannedPart, index: number) => Promise<() => Promise<void>>
  /** Gives a complete attempt the name of its shard, unless another one has it. */
  readonly commit: (part: PlannedPart, index: number, attempt: string) => Promise<CommitEnd>
  /** Puts back shards with error rows; gives how many. */
  readonly retry: (plan: RunPlan) => Promise<number>
  /** Takes away damaged shards, by their folders on this machine. */
  readonly remove: (plan: RunPlan, folders: ReadonlyArray<string>) => Promise<void>
  /** Brings all that the dataset is made of. */
  readonly bringDataset: (plan: RunPlan) => Promise<void>
  /** All shards are there: what is left of attempts is nobody's any more. */
  readonly tidy: (plan: RunPlan) => Promise<void>
}

const nothing = async (): Promise<void> => {}

/** A run in a folder that all of its processes see. */
export const placeOnDisk = (folder: string): RunPlace => ({
  name: folder,
  folder,
  storedAs: undefined,
  publish: nothing,
  bringShards: nothing,
  bringFor: nothing,
  keepAnswers: async () => nothing,
  commit: async (part, index, attempt) => {
    const end = committed(attempt, placesIn(folder, part).shards, shardFolder(folder, part, index))
    retried(folder, part, index)
    return end
  },
  retry: async (plan) => retryShards(folder, plan),
  remove: async (_, folders) => {
    for (const shard of folders) rmSync(shard, { recursive: true, force: true })
  },
  bringDataset: nothing,
  tidy: nothing
})

/** A folder that is there is never replaced by a rename: the first attempt stays. */
export const committed = (attempt: string, shards: string, done: string): CommitEnd => {
  if (!existsSync(shards)) makeFolder(shards)
  try {
    renameSync(attempt, done)
    return "done"
  } catch (thrown) {
    if (!existsSync(done)) throw thrown
    rmSync(attempt, { recursive: true, force: true })
    return "another was first"
  }
}
