/**
 * The plan of a run in shards: what `run.json` in the run's folder holds. Whoever works on a shard
 * learns from it which program to load, which rows are whose, and what has to be the same.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DataError } from "../data/rows/DataError.ts"
import { clearWay } from "../disk/clearWay.ts"
import { WrongRunFolder } from "./problems.ts"

/** What is to be run, as the command line has it; secrets are no part of it. */
const Program = Schema.Struct({
  /** A module or a document. */
  source: Schema.String,
  allow: Schema.Array(Schema.String),
  bind: Schema.optionalKey(Schema.String),
  input: Schema.Array(Schema.String),
  /** By step. */
  parameters: Schema.Record(Schema.String, Schema.Unknown)
})
export type Program = typeof Program.Type

const PlannedShard = Schema.Struct({
  from: Schema.Int,
  to: Schema.Int,
  /** The hash of the source's rows in it. */
  hash: Schema.String
})
export type PlannedShard = typeof PlannedShard.Type

const RunPlan = Schema.Struct({
  format: Schema.Literal(1),
  pipeline: Schema.String,
  /** Of distilabel-ts. */
  version: Schema.String,
  /** The first number of Node's version. */
  node: Schema.Int,
  /** What the graph is, with its parameters. */
  signature: Schema.String,
  program: Program,
  maxErrorRate: Schema.optionalKey(Schema.Number),
  /** The name of the only source. */
  source: Schema.String,
  rows: Schema.Int,
  leaves: Schema.Array(Schema.String),
  shards: Schema.Array(PlannedShard)
})
export type RunPlan = typeof RunPlan.Type

const fileName = "run.json"

/** Where things are in the folder of a run. */
export const placesIn = (folder: string) => ({
  plan: join(folder, fileName),
  /** Shards that are done. */
  shards: join(folder, "shards"),
  /** Shards that somebody works on, or worked on when he was killed. */
  attempts: join(folder, "attempts"),
  /** Answers of models, in a folder for each shard. */
  answers: join(folder, "answers")
})

/** The name of a shard, which sorts as they follow one another. */
export const shardName = (index: number): string => String(index).padStart(6, "0")

/** Whether a folder holds a plan. */
export const hasPlan = (folder: string): boolean => existsSync(placesIn(folder).plan)

/** Writes the plan of a run, all of it or nothing. */
export const writePlan = (folder: string, plan: RunPlan): Effect.Effect<void, DataError> => {
  const { plan: path } = placesIn(folder)
  return Effect.try({
    try: () => {
      clearWay(`${path}.partial`)
      const checksum = checksumOf(plan)
      writeFileSync(`${path}.partial`, `${JSON.stringify({ ...plan, checksum }, undefined, 2)}\n`)
      renameSync(`${path}.partial`, path)
    },
    catch: (thrown) => DataError.of("write", path, thrown)
  })
}

/** Reads the plan of a run, against its checksum. */
export const readPlan = Effect.fnUntraced(function* (
  folder: string
): Effect.fn.Return<RunPlan, WrongRunFolder> {
  const wrong = (detail: string): WrongRunFolder => new WrongRunFolder({ folder, detail })
  if (!hasPlan(folder))
    return yield* wrong(
      `is not the folder of a run in shards: there is no ${fileName} in it. Plan one with: distilabel-ts run FILE --shards N --output '${folder}'`
    )
  const read = yield* Effect.try({
    try: () => {
      const { checksum, ...plan } = JSON.parse(
        readFileSync(placesIn(folder).plan, "utf8")
      ) as RunPlan & { readonly checksum: string }
      return checksum === checksumOf(plan) ? plan : undefined
    },
    catch: () => wrong(`has a ${fileName} that cannot be read. ${remedy}`)
  })
  if (read === undefined)
    return yield* wrong(`has a ${fileName} that was changed or damaged. ${remedy}`)
  return yield* Effect.mapError(Schema.decodeUnknownEffect(RunPlan)(read), () =>
    wrong(`was planned by another version of distilabel-ts. Use the same, or another folder.`)
  )
})

const remedy =
  "Plan the run again in another folder, or put the file back as it was: shards and answers are unharmed."

const checksumOf = (plan: object): string => crc32(JSON.stringify(plan)).toString(16)
