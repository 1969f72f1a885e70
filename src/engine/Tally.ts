/** Tallies: what each step has done so far, for progress and for the summary. */

import type { LLMEvent } from "../llms/LLMEvents.ts"

/** Counts of one step. */
export interface StepTally {
  readonly name: string
  readonly kind: string
  /** How many rows a generator will give, once known. */
  total: number | undefined
  /** Rows that came to it. */
  received: number
  /** Rows that left it, error rows not counted. */
  done: number
  /** Rows that failed at it. */
  failed: number
  /** Rows it works on now. */
  inFlight: number
  /** Reasons of failures, with how often. */
  readonly reasons: Map<string, number>
  /** Requests, answers and tokens of its model, where it has one. */
  requests: number
  /** Requests that are on the wire now. */
  onWire: number
  retries: number
  inputTokens: number
  outputTokens: number
}

export const emptyTally = (name: string, kind: string): StepTally => ({
  name,
  kind,
  total: undefined,
  received: 0,
  done: 0,
  failed: 0,
  inFlight: 0,
  reasons: new Map(),
  requests: 0,
  onWire: 0,
  retries: 0,
  inputTokens: 0,
  outputTokens: 0
})

/** Counts what happens to a model's requests. */
export const countEvent = (tally: StepTally, { inputTokens = 0, kind, outputTokens = 0 }: LLMEvent): void => {
  tally.onWire += kind === "request" ? 1 : -1
  if (kind === "request") tally.requests++
  if (kind === "retry") tally.retries++
  tally.inputTokens += inputTokens
  tally.outputTokens += outputTokens
}

export const countFailure = (tally: StepTally, reason: string): void => {
  tally.failed++
  tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1)
}

/** How many source rows are at work, over all generators. */
export interface Gauge {
  active: number
}

/** What a run did, step by step. */
export interface RunSummary {
  readonly pipeline: string
  readonly seconds: number
  /** Source rows that are at work. */
  readonly atWork: number
  readonly steps: ReadonlyArray<StepTally>
}
