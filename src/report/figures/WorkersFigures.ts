/** Who worked on a run in shards, on what, and when. */
import type { Histogram } from "./Histogram.ts"

/** Shards that a slot worked on, one after the other without a rest. */
export interface WorkBar {
  /** Milliseconds since 1970. */
  readonly from: number
  to: number
  shards: number
  /** The first one. */
  readonly name: string
}

export interface WorkerFigures {
  /** Its host and process. */
  readonly name: string
  /** Each slot's work in the order of time. */
  readonly slots: ReadonlyArray<ReadonlyArray<WorkBar>>
  readonly shards: number
  /** Milliseconds in which slots worked on shards that are done. */
  readonly busyMs: number
  /** Milliseconds in which its slots were there, as far as the coordinator has seen. */
  readonly presentMs: number
  /** Slots whose process ended by itself. */
  readonly restarts: number
}

export interface WorkersFigures {
  readonly workers: ReadonlyArray<WorkerFigures>
  /** How many workers there were in all; the page shows the first. */
  readonly count: number
  /** Milliseconds that each shard took. */
  readonly shardMs: Histogram
  /** The shards that took longest, with the workers that had them. */
  readonly longest: ReadonlyArray<{
    readonly name: string
    readonly worker: string
    readonly ms: number
  }>
}
