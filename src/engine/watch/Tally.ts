/** Tallies: what each step has done so far, for progress and for the summary. */

import type { LLMEvent } from "../../models/chat/LLMEvents.ts"
import type { MediaTokens } from "../../models/chat/MediaTokens.ts"
import { pauseGoesOn, pauseIsOver, type Pauses } from "./Pauses.ts"
import type { StopReason } from "./RunStopped.ts"

/** Counts of one step. */
export interface StepTally extends Pauses {
  readonly name: string
  readonly kind: string
  /** The model that it asks, if it asks one. */
  readonly model: string | undefined
  /** How many rows a generator will give, once known. */
  total: number | undefined
  /** How many of a generator's rows an earlier run has seen through. */
  resumed: number
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
  /** What the first failure of each reason said, of those of this process. */
  readonly firstDetails: Map<string, string>
  /** Requests, answers and tokens of its model, where it has one. */
  requests: number
  /** Requests that are on the wire now. */
  onWire: number
  /** Questions that wait for a job of a batch API. */
  resting: number
  retries: number
  /** Answers that were there from an earlier time. */
  recalled: number
  /** Answers by the model that gave them, those of an earlier time too. */
  readonly answers: Map<string, number>
  /** Tokens of the whole run, with what it had used when it was stopped or killed. */
  inputTokens: number
  outputTokens: number
  /**
   * Tokens that this process has sent, as far as providers counted them, and those of them that
   * were cached.
   */
  countedInput: number
  cachedInput: number
  /** Of what this process has used: tokens that are not those of text. */
  media: MediaTokens | undefined
  /** US dollars for the tokens whose price is known, of the whole run. */
  cost: number
  /** Answers whose price is not known. */
  unpriced: number
  /** Answers that were cut, by the limit of tokens that they were cut at. */
  readonly cut: Map<string, number>
  /** Answers whose tokens are estimated, because the provider did not count them. */
  estimated: number
}

export const emptyTally = (name: string, kind: string, model?: string): StepTally => ({
  name,
  kind,
  model,
  total: undefined,
  resumed: 0,
  received: 0,
  done: 0,
  failed: 0,
  inFlight: 0,
  reasons: new Map(),
  firstDetails: new Map(),
  requests: 0,
  onWire: 0,
  resting: 0,
  retries: 0,
  recalled: 0,
  answers: new Map(),
  inputTokens: 0,
  countedInput: 0,
  cachedInput: 0,
  media: undefined,
  outputTokens: 0,
  cost: 0,
  unpriced: 0,
  estimated: 0,
  cut: new Map(),
  paused: undefined,
  pauses: new Map()
})

/** Counts what happens to a model's requests, so many milliseconds after the run began. */
export const countEvent = (tally: StepTally, event: LLMEvent, now: number): void => {
  const { cut = 0, cutAt = "", kind, model } = event
  if (kind === "success" || kind === "recalled")
    tally.answers.set(model, (tally.answers.get(model) ?? 0) + 1)
  if (cut > 0) tally.cut.set(cutAt, (tally.cut.get(cutAt) ?? 0) + cut)
  if (kind === "recalled") {
    tally.recalled++
    return
  }
  if (kind === "paused") {
    pauseGoesOn(tally, event, now)
    return
  }
  if (kind === "resting" || kind === "rested") {
    tally.resting += kind === "resting" ? 1 : -1
    return
  }
  if (kind === "request") pauseIsOver(tally, now)
  tally.onWire += kind === "request" ? 1 : -1
  if (kind === "request") tally.requests++
  if (kind === "retry") tally.retries++
}

export const countFailure = (
  tally: StepTally,
  { detail, reason }: { readonly reason: string; readonly detail: string }
): void => {
  tally.failed++
  if (!tally.firstDetails.has(reason)) tally.firstDetails.set(reason, detail)
  tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1)
}

/** How many source rows are at work, over all generators. */
export interface Gauge {
  active: number
  /** Those of which a row waits for a job of a batch API. */
  resting: number
}

/** What a run did, step by step. */
export interface RunSummary {
  readonly pipeline: string
  readonly seconds: number
  /** Source rows that are at work. */
  readonly atWork: number
  /** Why the run is to stop; undefined if it is not. */
  readonly stopping: StopReason | undefined
  /** Places of the response log that cannot be read; what was there is asked for again. */
  readonly damaged: number
  /** One line for each step whose rows are not kept from run to run, and why. */
  readonly notices: ReadonlyArray<string>
  readonly steps: ReadonlyArray<StepTally>
}

/** Source rows that are through, and how many there will be, as far as known. */
export const rowsThrough = ({
  atWork,
  steps
}: Pick<RunSummary, "atWork" | "steps">): {
  readonly through: number
  readonly total: number | undefined
  readonly resumed: number
} => {
  const sources = steps.filter(({ received, total }) => total !== undefined || received === 0)
  const given = sources.reduce((sum, { done, failed }) => sum + done + failed, 0)
  const totals = sources.map(({ total }) => total)
  return {
    through: Math.max(0, given - atWork),
    total: totals.every((count) => count !== undefined)
      ? totals.reduce((sum, count) => sum + count, 0)
      : undefined,
    resumed: sources.reduce((sum, { resumed }) => sum + resumed, 0)
  }
}
