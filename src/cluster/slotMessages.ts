/**
 * What a worker and the processes of its slots say to one another. A slot works on one shard at a
 * time in a process of its own: whatever a step does to it, the worker renews its lease.
 */
import type { WantedTurns } from "../models/asking/LeasedTurns.ts"
import type { GivenPrices } from "../models/asking/prices.ts"
import type { ShardFigures } from "./figures.ts"
import type { TraceContext } from "./messages.ts"
import type { Worked } from "./workShard.ts"

/** A shard of a part. */
export interface SlotWork {
  readonly part: number
  readonly index: number
  /** The span that it belongs to. */
  readonly trace: TraceContext | undefined
}

/** To a slot. */
export type ToSlot =
  /** Load the program of the run in a folder, or at an address. */
  | {
      readonly kind: "open"
      readonly place: string
      readonly everyMs: number
      readonly prices: GivenPrices | undefined
      /** The address of the collector that gets spans. */
      readonly otlp: string | undefined
    }
  | ({ readonly kind: "work" } & SlotWork)
  /** Send the last spans, and end. */
  | { readonly kind: "end" }
  /** Begin nothing more, keep what is answered meanwhile, and say so. */
  | { readonly kind: "stop" }
  /** This is the `rank`th of so many slots that ask at the same time, of all that there are. */
  | { readonly kind: "share"; readonly slots: number; readonly rank: number; readonly all: number }
  /** A model asked another slot to wait. */
  | { readonly kind: "pause"; readonly gate: string; readonly ms: number; readonly why: string }
  /** So much of a pace may be used after so many milliseconds. */
  | {
      readonly kind: "grant"
      readonly pace: string
      readonly amount: number
      readonly afterMs: number
    }
  /** So many requests to a model may be in flight; undefined if that is not known now. */
  | { readonly kind: "turns"; readonly id: number; readonly count: number | undefined }

/** From a slot. */
export type FromSlot =
  | { readonly kind: "opened" }
  /** Code, versions or rows are not those of the plan. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "stopped" }
  | { readonly kind: "worked"; readonly worked: Worked }
  | { readonly kind: "figures"; readonly figures: ShardFigures }
  | { readonly kind: "paused"; readonly gate: string; readonly ms: number; readonly why: string }
  | {
      readonly kind: "lease"
      readonly pace: string
      readonly amount: number
      readonly perSecond: number
    }
  | {
      readonly kind: "turns"
      readonly id: number
      readonly gate: string
      readonly wanted: WantedTurns
    }

/** How the work on a shard ended. */
export type SlotEnd =
  | Extract<FromSlot, { readonly kind: "refused" | "failed" | "stopped" | "worked" }>
  /** The process ended by itself, or was killed. */
  | { readonly kind: "died"; readonly how: string }
