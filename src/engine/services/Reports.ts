/**
 * Reports of runs: measures that are taken while a run goes on, and what is made of them at its
 * end.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../../columns/Row.ts"
import type { Distiset } from "../../data/distiset/Distiset.ts"
import type { Spent } from "../../journal/LoggedResponse.ts"
import type { LLMEvent } from "../../models/chat/LLMEvents.ts"
import type { AnyPipeline } from "../../pipeline/Pipeline.ts"
import { redacted } from "../../secrets/redact.ts"
import type { AnsweredLate } from "../../step/Attempts.ts"
import type { StepCounts } from "../watch/StepCounts.ts"
import type { RunSummary, StepTally } from "../watch/Tally.ts"

/** The run that is measured. */
export interface Measured {
  readonly pipeline: AnyPipeline
  readonly directory: string
  /** What makes the run the same as an earlier one. */
  readonly signature: string
  readonly tallies: ReadonlyMap<string, StepTally>
  readonly summary: () => RunSummary
  /** Whether what an earlier run in the folder has measured belongs to this one. */
  readonly resumes: boolean
}

/** How a run ended. */
export interface Ended {
  readonly end: "finished" | "stopped" | "failed"
  readonly detail?: string | undefined
  /** What it gave, if it is done. */
  readonly distiset?: Distiset<Readonly<Record<string, Row>>> | undefined
}

/** Measures of a run, notified of what happens in it. */
export interface Measures {
  /** What answers without a server have cost in earlier sessions: they are not in the answers log. */
  readonly spentBefore: ReadonlyArray<Spent>
  /** The run begins, after the source rows before a position. */
  readonly begin: (position: number) => void
  /** Is given what counts the rows of each step, before any row moves. */
  readonly onCounts: (counts: ReadonlyMap<string, StepCounts>) => void
  readonly onEvent: (event: LLMEvent) => void
  readonly onLate: (step: string, answered: AnsweredLate) => void
  /** All rows before a position are through. */
  readonly markAt: (position: number) => void
  /** The run has ended: writes the report. One that cannot be written costs the run nothing. */
  readonly report: (ended: Ended) => Effect.Effect<void>
}

/** Takes the measures of runs. */
export class Reports extends Context.Service<
  Reports,
  { readonly measure: (run: Measured) => Effect.Effect<Measures, never, Scope.Scope> }
>()("distilabel-ts/engine/Reports") {}

/** How a run ended that gave nothing. */
export const endOf = (cause: Cause.Cause<unknown>): Ended => {
  if (Cause.hasInterruptsOnly(cause)) return { end: "stopped", detail: "was interrupted" }
  const error = Cause.squash(cause)
  return { end: "failed", detail: redacted(error instanceof Error ? error.message : String(error)) }
}
