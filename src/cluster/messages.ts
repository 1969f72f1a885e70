/**
 * What the processes of a run say to one another through Redis, and under which keys: plain data
 * that is checked when it is read. Rows, parameters and secrets are no part of it.
 */
import { hash } from "node:crypto"
import { resolve } from "node:path"
import * as Schema from "effect/Schema"
import type { Price } from "../models/asking/prices.ts"
import { ShardFigures } from "./figures.ts"
import type { RunPlace } from "./RunPlace.ts"
import type { RunPlan } from "./RunPlan.ts"

const perKind = Schema.optionalKey(Schema.Number)

/** All that a price may say besides: what is missing here is lost on its way to the slots. */
const priceKinds: Readonly<Record<Exclude<keyof Price, "input" | "output">, typeof perKind>> = {
  cached: perKind,
  written: perKind,
  reasoning: perKind,
  audioIn: perKind,
  imageIn: perKind,
  videoIn: perKind,
  audioOut: perKind,
  imageOut: perKind,
  videoOut: perKind,
  audioHour: perKind
}

/** A run that workers may join. */
export const Announcement = Schema.Struct({
  run: Schema.String,
  pipeline: Schema.String,
  /** As the coordinator sees it. */
  folder: Schema.String,
  /** Of distilabel-ts. */
  version: Schema.String,
  node: Schema.Int,
  shards: Schema.Int,
  /** The host and process of the coordinator. */
  by: Schema.String,
  /** When the coordinator said so, in milliseconds of Redis' clock. */
  at: Schema.Number,
  /** What models cost that the list of prices does not have, by their names. */
  prices: Schema.optionalKey(
    Schema.Record(
      Schema.String,
      Schema.Struct({ input: Schema.Number, output: Schema.Number, ...priceKinds })
    )
  ),
  /** Milliseconds between what workers report. */
  everyMs: Schema.Number,
  /** Why nobody is to begin anything more; absent as long as all may. */
  stopping: Schema.optionalKey(Schema.String)
})
export type Announcement = typeof Announcement.Type

/** The span of OpenTelemetry that what is done belongs to. */
export const TraceContext = Schema.Struct({ traceId: Schema.String, spanId: Schema.String })
export type TraceContext = typeof TraceContext.Type

/** A shard to be worked on. */
export const ShardJob = Schema.Struct({
  run: Schema.String,
  signature: Schema.String,
  stage: Schema.Int,
  index: Schema.Int,
  from: Schema.Int,
  to: Schema.Int,
  /** Of the coordinator that has put it into the queue; absent where nobody listens. */
  trace: Schema.optionalKey(TraceContext)
})
export type ShardJob = typeof ShardJob.Type

/** A worker, as it reports itself. */
export const WorkerState = Schema.Struct({
  host: Schema.String,
  pid: Schema.Int,
  slots: Schema.Int,
  /** In milliseconds of Redis' clock. */
  at: Schema.Number,
  /** Shards that it has finished since it joined. */
  done: Schema.Int,
  /** Slots whose process ended by itself. */
  deaths: Schema.Int,
  /** What its slots work on. */
  shards: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      /** Milliseconds since it began. */
      ms: Schema.Number,
      figures: Schema.optionalKey(ShardFigures)
    })
  ),
  /** Shards that it has taken and that wait for a slot of its own. */
  next: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Whether it has left, and this is the last that it says; absent while it is there. */
  left: Schema.optionalKey(Schema.Boolean),
  /** Why it does not take the run. */
  refused: Schema.optionalKey(Schema.String)
})
export type WorkerState = typeof WorkerState.Type

/** How many slots ask at the same time, and which of them is a worker's first. */
export const WorkerShare = Schema.Struct({
  slots: Schema.Int,
  first: Schema.Int,
  /** Whether only slots that have a shard count: no others are left. */
  ofBusy: Schema.Boolean,
  /** How many slots there are, also those that wait. */
  all: Schema.Int
})
export type WorkerShare = typeof WorkerShare.Type

/** A pause of a model that a slot has met. */
export const Pause = Schema.Struct({
  /** The worker that has met it. */
  by: Schema.String,
  gate: Schema.String,
  ms: Schema.Number,
  why: Schema.String
})
export type Pause = typeof Pause.Type

/** What is published when all are to look at the announcement at once. */
export const lookNow = "look"

/** A worker that has said nothing for so long counts as gone. */
export const goneMs = 15_000

/** The name of a run: that of its place and plan, so that a coordinator that comes back finds it. */
export const runIdOf = ({ folder, storedAs }: RunPlace, plan: RunPlan): string =>
  hash("sha256", JSON.stringify([storedAs ?? resolve(folder), plan])).slice(0, 16)

/** What is in Redis of the runs of a queue. */
export const queueKeys = (queue: string) => ({
  /** Announcements by run. */
  runs: `distilabel:${queue}:runs`,
  /** What BullMQ's keys begin with; each run is a queue of its own. */
  prefix: `distilabel:${queue}`
})

/** What is in Redis of one run, besides its queue. */
export const runKeys = (queue: string, run: string) => {
  const own = `distilabel:${queue}:${run}`
  return {
    /** Who coordinates it, as long as it lives. */
    coordinator: `${own}:x-coordinator`,
    /** States by worker. */
    workers: `${own}:x-workers`,
    /** By worker, how many slots ask at the same time, and which of them is its first. */
    shares: `${own}:x-shares`,
    /** Where pauses are published, and that there is something to look at. */
    news: `${own}:x-news`,
    /** What paces of models begin with. */
    paces: `${own}:x-pace:`,
    /** What turns at models begin with, and the gates to which there are any. */
    turns: `${own}:x-turns:`,
    gates: `${own}:x-gates`
  }
}

/** Reads a message; undefined if it is not one, as another version may have written it. */
export const read = <S extends Schema.Codec<unknown, unknown>>(
  schema: S,
  text: string | null | undefined
): S["Type"] | undefined => {
  if (text === null || text === undefined) return undefined
  try {
    return Schema.decodeUnknownSync(schema)(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Redis' own clock, the only one that all see, in milliseconds. */
export const timeOf = ([seconds, micros]: ReadonlyArray<string | number>): number =>
  Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
