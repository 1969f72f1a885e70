/**
 * The plan of a run in shards: what `run.json` in the run's folder holds. Whoever works on a shard
 * learns from it which program to load, which rows are whose, and what has to be the same.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { DataError } from "../data/rows/DataError.ts"
import { writeWhole } from "../disk/writeWhole.ts"
import { WrongRunFolder } from "./problems.ts"

/** What is to be run, as the command line has it; secrets are no part of it. */
const Program = Schema.Struct({
  /** A module or a document. */
  source: Schema.String,
  allow: Schema.Array(Schema.String),
  bind: Schema.optionalKey(Schema.String),
  /** The hash of the code that lies in the folder, for workers that do not have it. */
  packed: Schema.optionalKey(Schema.String),
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

/** A part of the graph that is worked on by itself. */
const PlannedPart = Schema.Struct({
  /** The name of its folder; empty for a run of one part, which is the run's own. */
  name: Schema.String,
  /** Why it is worked on in one piece; absent where its rows are cut into shards. */
  whole: Schema.optionalKey(Schema.String),
  /** What its graph is. */
  signature: Schema.String,
  /** The steps that are worked on in it. */
  steps: Schema.Array(Schema.String),
  leaves: Schema.Array(Schema.String),
  /** Rows that come in: the stream, the number of the part, and the stream's number there. */
  inputs: Schema.Array(
    Schema.Struct({ stream: Schema.String, part: Schema.Int, number: Schema.Int })
  ),
  outlets: Schema.Array(Schema.String),
  /** No shard begins but at a multiple of it. */
  grain: Schema.Int,
  /** The name of the source that it reads; absent where rows come in from another part. */
  source: Schema.optionalKey(Schema.String),
  /** Those that are known from the beginning: of a source that is read here. */
  shards: Schema.Array(PlannedShard)
})
export type PlannedPart = typeof PlannedPart.Type

const RunPlan = Schema.Struct({
  format: Schema.Literal(2),
  pipeline: Schema.String,
  /** Of distilabel-ts. */
  version: Schema.String,
  /** The first number of Node's version. */
  node: Schema.Int,
  /** What the graph is, with its parameters. */
  signature: Schema.String,
  program: Program,
  maxErrorRate: Schema.optionalKey(Schema.Number),
  /** Rows of sources that are cut into shards. */
  rows: Schema.Int,
  leaves: Schema.Array(Schema.String),
  /** At most so many shards of a part. */
  shards: Schema.Int,
  /** Each comes after those that it gets rows from. */
  parts: Schema.Array(PlannedPart)
})
export type RunPlan = typeof RunPlan.Type

const fileName = "run.json"

export const planPath = (folder: string): string => join(folder, fileName)

/** Where things are that belong to a part of a run, in the run's folder. */
export const placesIn = (folder: string, { name }: Pick<PlannedPart, "name">) => {
  const own = name === "" ? folder : join(folder, "parts", name)
  return {
    /** Shards that are done. */
    shards: join(own, "shards"),
    /** Shards that somebody works on, or worked on when he was killed. */
    attempts: join(own, "attempts"),
    /** Answers of models, in a folder for each shard. */
    answers: join(own, "answers"),
    /** Names of shards that are to ask again for what failed. */
    retries: join(own, "retries")
  }
}

/** Where a shard of a part is when it is done. */
export const shardFolder = (folder: string, part: PlannedPart, index: number): string =>
  join(placesIn(folder, part).shards, shardName(index))

/** The name of a shard, which sorts as they follow one another. */
export const shardName = (index: number): string => String(index).padStart(6, "0")

/** The name of a shard among those of all parts. */
export const shardNameIn = ({ name }: Pick<PlannedPart, "name">, index: number): string =>
  name === "" ? shardName(index) : `${name}/${shardName(index)}`

/** How many shards there are for sure; parts that wait for others may have more. */
export const knownShards = ({ parts }: RunPlan): number =>
  parts.reduce((sum, { shards }) => sum + Math.max(1, shards.length), 0)

/** Whether a folder holds a plan. */
export const hasPlan = (folder: string): boolean => existsSync(planPath(folder))

/** Writes the plan of a run, all of it or nothing. */
export const writePlan = (folder: string, plan: RunPlan): Effect.Effect<void, DataError> => {
  const path = planPath(folder)
  return Effect.try({
    try: () =>
      writeWhole(
        path,
        `${JSON.stringify({ ...plan, checksum: checksumOf(plan) }, undefined, 2)}\n`
      ),
    catch: (thrown) => DataError.of("write", path, thrown)
  })
}

/** Reads the plan of a run, against its checksum. */
export const readPlan = Effect.fnUntraced(function* (
  folder: string
): Effect.fn.Return<RunPlan, WrongRunFolder> {
  const wrong = (detail: string): WrongRunFolder => new WrongRunFolder({ folder, detail })
  if (!hasPlan(folder)) return yield* wrong(withoutPlan(folder))
  const read = yield* Effect.try({
    try: () => {
      const { checksum, ...plan } = JSON.parse(
        readFileSync(planPath(folder), "utf8")
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

/** What is wrong with a folder, or an address, that holds no plan. */
export const withoutPlan = (name: string): string =>
  `is not the folder of a run in shards: there is no plan in it. Plan one with: distilabel-ts run FILE --shards N --output '${name}'`

const remedy =
  "Plan the run again in another folder, or put the file back as it was: shards and answers are unharmed."

const checksumOf = (plan: object): string => crc32(JSON.stringify(plan)).toString(16)
