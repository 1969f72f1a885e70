/**
 * Merging: the shards of a run become one dataset. Each is read against its checksums first; then
 * their files are put one after the other, which is the order of one process.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import * as Effect from "effect/Effect"
import type { Row } from "../columns/Row.ts"
import { artifactsFolder } from "../data/distiset/artifacts.ts"
import { removeChecksums, writeChecksums } from "../data/distiset/checksums.ts"
import { type Distiset, distisetOf } from "../data/distiset/Distiset.ts"
import type { SubsetFiles } from "../data/distiset/Subset.ts"
import { DataError } from "../data/rows/DataError.ts"
import type { Prefix } from "../disk/prefixes.ts"
import { pathsOf, subsetOf } from "../engine/record/LeafFiles.ts"
import { damageText, readResult } from "../engine/record/pastResult.ts"
import { type Finish, readPast } from "../journal/Checkpoints.ts"
import { writerName } from "../journal/writers.ts"
import { ShardsMissing } from "./problems.ts"
import { placesIn, type RunPlan, shardName } from "./RunPlan.ts"

/** What merging gives. */
export interface Merged {
  readonly distiset: Distiset<Readonly<Record<string, Row>>>
  /** Folders of files that steps have saved beside their rows; they stay with their shards. */
  readonly artifacts: ReadonlyArray<string>
}

/** Makes the dataset of a run, if all of its shards are there. */
export const mergeShards = Effect.fnUntraced(function* (
  folder: string,
  plan: RunPlan
): Effect.fn.Return<Merged, ShardsMissing | DataError> {
  const places = placesIn(folder)
  const folders = plan.shards.map((_, index) => join(places.shards, shardName(index)))
  const looked = yield* Effect.tryPromise({
    try: () => lookedAt(folders, plan),
    catch: (thrown) => DataError.of("read", places.shards, thrown)
  })
  if (looked.missing.length + looked.damaged.length > 0)
    return yield* new ShardsMissing({
      folder,
      shards: plan.shards.length,
      missing: looked.missing,
      damaged: looked.damaged
    })
  return yield* Effect.try({
    try: () => {
      const files = merged(folder, folders, plan, looked.finishes)
      // What is left of attempts that were killed; whoever still works on one is too late.
      rmSync(places.attempts, { recursive: true, force: true })
      return {
        distiset: distisetOf({ directory: folder, files }),
        artifacts: folders
          .map((shard) => join(shard, artifactsFolder))
          .filter((path) => existsSync(path) && readdirSync(path).length > 0)
      }
    },
    catch: (thrown) => DataError.of("write", folder, thrown)
  })
})

interface Looked {
  readonly finishes: ReadonlyArray<Finish>
  readonly missing: ReadonlyArray<string>
  readonly damaged: ReadonlyArray<string>
}

/** Reads all shards against what they say of themselves, and against the plan. */
const lookedAt = async (folders: ReadonlyArray<string>, plan: RunPlan): Promise<Looked> => {
  const finishes: Array<Finish> = []
  const missing: Array<string> = []
  const damaged: Array<string> = []
  for (const [index, shard] of folders.entries()) {
    if (!existsSync(shard)) {
      missing.push(shardName(index))
      continue
    }
    const past = readPast(shard)
    const { hash } = plan.shards[index]!
    if (
      past?.finish === undefined ||
      past.signature !== plan.signature ||
      past.finish.sources[plan.source]?.hash !== hash
    ) {
      damaged.push(`'${shard}' does not say that it is a shard of this run.`)
      continue
    }
    const result = await readResult(shard, plan.leaves, past)
    if (result.damaged !== undefined) damaged.push(damageText(result.damaged))
    else finishes.push(past.finish)
  }
  return { finishes, missing, damaged }
}

const merged = (
  folder: string,
  folders: ReadonlyArray<string>,
  plan: RunPlan,
  finishes: ReadonlyArray<Finish>
): ReadonlyArray<SubsetFiles> => {
  const sums: Record<string, Prefix> = {}
  removeChecksums(folder)
  const files = plan.leaves.map((leaf): SubsetFiles => {
    const subset = subsetOf(plan.leaves, leaf)
    const paths = pathsOf(folder, subset)
    const names = pathsOf("", subset)
    const marks = finishes.map(({ leaves }) => leaves[leaf]!)
    const length = marks.reduce((sum, { rows }) => sum + rows, 0)
    const errorCount = marks.reduce((sum, { errorRows }) => sum + errorRows, 0)
    sums[names.rows] = concatenated(
      paths.rows,
      folders.map((shard) => pathsOf(shard, subset).rows)
    )
    const failing = folders.filter((_, i) => marks[i]!.errorRows > 0)
    if (errorCount > 0)
      sums[names.errors] = concatenated(
        paths.errors,
        failing.map((shard) => pathsOf(shard, subset).errors)
      )
    return { name: subset, path: paths.rows, length, errorsPath: paths.errors, errorCount }
  })
  writeChecksums(folder, "merge", sums)
  return files
}

const readAtOnce = 1 << 20

/** Puts files one after the other into one that takes its name when it is complete. */
const concatenated = (path: string, parts: ReadonlyArray<string>): Prefix => {
  const partial = `${path}.${writerName()}.partial`
  const out = openSync(partial, "wx")
  const buffer = Buffer.allocUnsafe(readAtOnce)
  let bytes = 0
  let crc = 0
  try {
    for (const part of parts) {
      const file = openSync(part, "r")
      try {
        for (let read = 1; read > 0;) {
          read = readSync(file, buffer, 0, readAtOnce, null)
          const chunk = buffer.subarray(0, read)
          for (let done = 0; done < read;) done += writeSync(out, chunk, done)
          crc = crc32(chunk, crc)
          bytes += read
        }
      } finally {
        closeSync(file)
      }
    }
    fsyncSync(out)
  } catch (thrown) {
    closeSync(out)
    rmSync(partial, { force: true })
    throw thrown
  }
  closeSync(out)
  renameSync(partial, path)
  return { bytes, crc }
}
