/** Events of a run: what a program's own dashboard needs to know, as it happens. */
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"

/** How far a step is. */
export interface StepProgress {
  readonly step: string
  /** Rows that have come to it. */
  readonly received: number
  readonly done: number
  readonly failed: number
  /** Rows that it works on. */
  readonly inFlight: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars, for the answers whose price is known. */
  readonly cost: number
}

/**
 * One thing that happened in a run. `run started` comes first and `run ended` last; `progress`
 * comes twice a second; `dropped` says how many events are missing before it, where whoever reads
 * them was too slow.
 */
export type RunEvent =
  | {
      readonly kind: "run started"
      readonly pipeline: string
      /** The folder of the run. */
      readonly directory: string
      readonly steps: ReadonlyArray<string>
    }
  /** It goes on after the source rows before a position, which an earlier run has seen through. */
  | { readonly kind: "resumed"; readonly position: number }
  | {
      readonly kind: "progress"
      /** Source rows that are through. */
      readonly rows: number
      /** How many there are in all, as far as known. */
      readonly total: number | undefined
      readonly steps: ReadonlyArray<StepProgress>
    }
  | {
      /** A request was sent, answered, failed with or without another attempt to follow, or left. */
      readonly kind: "request"
      readonly state: Exclude<LLMEvent["kind"], "paused" | "recalled" | "resting" | "rested">
      readonly step: string
      /** The position of the row, as `17` or `17.2`. */
      readonly row: string
      readonly model: string
      readonly attempt: number
      readonly inputTokens?: number
      readonly outputTokens?: number
      /** US dollars, if the price is known. */
      readonly cost?: number
      readonly durationMs?: number
      /** Why the attempt failed. */
      readonly reason?: string
      /** Milliseconds until the next attempt. */
      readonly waitMs?: number
    }
  /** An answer was there from an earlier run. */
  | {
      readonly kind: "recalled"
      readonly step: string
      readonly row: string
      readonly model: string
    }
  /** A question waits for a job of a batch API, or does no longer. */
  | {
      readonly kind: "resting" | "rested"
      readonly step: string
      readonly row: string
      readonly model: string
    }
  /** A model is not asked for some time; repeated about once a second while that lasts. */
  | {
      readonly kind: "paused"
      readonly step: string
      readonly by: string
      readonly why: string
      readonly waitMs: number
    }
  | {
      readonly kind: "row failed"
      readonly step: string
      /** The position of the source row that it came of. */
      readonly position: number
      readonly reason: string
    }
  /** All source rows before a position are through and kept. */
  | { readonly kind: "checkpoint"; readonly position: number }
  | { readonly kind: "dropped"; readonly count: number }
  | {
      readonly kind: "run ended"
      readonly end: "finished" | "stopped" | "failed"
      /** Why it was stopped or failed. */
      readonly detail?: string
      readonly seconds: number
    }

/**
 * Is given events as they happen: it does nothing slow. What it throws is logged and changes
 * nothing.
 */
export type RunObserver = (event: RunEvent) => void
