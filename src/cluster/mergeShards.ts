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
import { shardsOf } from "./partShards.ts"
import { ShardsMissing } from "./problems.ts"
import type { RunPlace } from "./RunPlace.ts"
import { placesIn, type PlannedPart, type RunPlan, shardFolder, shardNameIn } from "./RunPlan.ts"

/** What merging gives. */
export interface Merged {
  readonly distiset: Distiset<Readonly<Record<string, Row>>>
  /** Folders of files that steps have saved beside their rows; they stay with their shards. */
  readonly artifacts: ReadonlyArray<string>
}

/** Makes the dataset of a run in its place, which errors name as the user does. */
export const mergedIn = Effect.fnUntraced(function* (
  place: RunPlace,
  plan: RunPlan
): Effect.fn.Return<Merged, ShardsMissing | DataError> {
  const told = (request: () => Promise<void>): Effect.Effect<void, DataError> =>
    Effect.tryPromise({
      try: request,
      catch: (thrown) => DataError.of("read", place.name, thrown)
    })
  yield* told(() => place.bringDataset(plan))
  const merged = yield* mergeShards(place.folder, plan).pipe(
    Effect.catchTag("ShardsMissing", (missing) =>
      Effect.fail(new ShardsMissing({ ...missing, folder: place.name }))
    )
  )
  yield* told(() => place.tidy(plan))
  return merged
})

/** Makes the dataset of a run, if all of its shards are there. */
export const mergeShards = Effect.fnUntraced(function* (
  folder: string,
  plan: RunPlan
): Effect.fn.Return<Merged, ShardsMissing | DataError> {
  const looked = yield* Effect.tryPromise({
    try: () => lookedAt(folder, plan),
    catch: (thrown) => DataError.of("read", folder, thrown)
  })
  if (looked.missing.length + looked.damaged.length > 0)
    return yield* new ShardsMissing({
      folder,
      shards: looked.shards.length + looked.missing.length + looked.damaged.length,
      missing: looked.missing,
      damaged: looked.damaged,
      again: looked.again
    })
  return yield* Effect.try({
    try: () => {
      const files = merged(folder, plan, looked.shards)
      // What is left of attempts that were killed; whoever still works on one is too late.
      for (const part of plan.parts)
        rmSync(placesIn(folder, part).attempts, { recursive: true, force: true })
      return {
        distiset: distisetOf({ directory: folder, files }),
        artifacts: looked.shards
          .map(({ path }) => join(path, artifactsFolder))
          .filter((path) => existsSync(path) && readdirSync(path).length > 0)
      }
    },
    catch: (thrown) => DataError.of("write", folder, thrown)
  })
})

/** A shard that is sound. */
interface SoundShard {
  readonly part: PlannedPart
  readonly path: string
  readonly finish: Finish
}

interface Looked {
  readonly shards: ReadonlyArray<SoundShard>
  readonly missing: ReadonlyArray<string>
  readonly damaged: ReadonlyArray<string>
  /** The folders of those of them that no other shard is made of. */
  readonly again: ReadonlyArray<string>
}

/** Reads all shards against what they say of themselves, and against the plan. */
const lookedAt = async (folder: string, plan: RunPlan): Promise<Looked> => {
  const sound: Array<SoundShard> = []
  const missing: Array<string> = []
  const damaged: Array<string> = []
  const again: Array<string> = []
  for (const part of plan.parts) {
    const shards = shardsOf(folder, plan, part)
    if (shards === undefined) missing.push(`all of part ${part.name}`)
    for (const [index, { hash }] of (shards ?? []).entries()) {
      const path = shardFolder(folder, part, index)
      if (!existsSync(path)) {
        missing.push(shardNameIn(part, index))
        continue
      }
      const past = readPast(path)
      const isOfRun =
        past?.signature === part.signature &&
        (hash === "" || past.finish?.sources[part.source!]?.hash === hash)
      if (past?.finish === undefined || !isOfRun) {
        damaged.push(`'${path}' does not say that it is a shard of this run.`)
        if (part.outlets.length === 0) again.push(path)
        continue
      }
      const result = await readResult(path, part.leaves, past)
      if (result.damaged !== undefined) {
        damaged.push(damageText(result.damaged))
        if (part.outlets.length === 0) again.push(path)
      } else sound.push({ part, path, finish: past.finish })
    }
  }
  return { shards: sound, missing, damaged, again }
}

const merged = (
  folder: string,
  plan: RunPlan,
  all: ReadonlyArray<SoundShard>
): ReadonlyArray<SubsetFiles> => {
  const sums: Record<string, Prefix> = {}
  removeChecksums(folder)
  const files = plan.leaves.map((leaf): SubsetFiles => {
    const subset = subsetOf(plan.leaves, leaf)
    const paths = pathsOf(folder, subset)
    const names = pathsOf("", subset)
    const shards = all.filter(({ part }) => part.leaves.includes(leaf))
    const inShard = ({ part, path }: SoundShard) => pathsOf(path, subsetOf(part.leaves, leaf))
    const marks = shards.map(({ finish }) => finish.leaves[leaf]!)
    const length = marks.reduce((sum, { rows }) => sum + rows, 0)
    const errorCount = marks.reduce((sum, { errorRows }) => sum + errorRows, 0)
    sums[names.rows] = concatenated(
      paths.rows,
      shards.map((shard) => inShard(shard).rows)
    )
    const failing = shards.filter((_, i) => marks[i]!.errorRows > 0)
    if (errorCount > 0)
      sums[names.errors] = concatenated(
        paths.errors,
        failing.map((shard) => inShard(shard).errors)
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
