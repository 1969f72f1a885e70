/** Why a run was stopped before its end. */
import * as Schema from "effect/Schema"

/**
 * What stopped a run: a signal, an output that nobody reads, the program itself, a budget, or too
 * many rows that failed.
 */
export const StopReason = Schema.Literals([
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  "EPIPE",
  "abort",
  "maxCost",
  "budget",
  "maxTokens",
  "maxRows",
  "maxErrorRate",
  "batches"
])
export type StopReason = typeof StopReason.Type

const says: Readonly<Record<StopReason, string>> = {
  SIGINT: "was stopped by Ctrl+C",
  SIGTERM: "was stopped by SIGTERM",
  SIGHUP: "was stopped because its terminal was closed (SIGHUP)",
  EPIPE: "was stopped because nobody reads its output any more",
  abort: "was stopped by its AbortSignal",
  maxCost: "has reached its maxCost",
  budget: "has used up the budget that it shares with others",
  maxTokens: "has reached its maxTokens",
  maxRows: "has reached its maxRows",
  maxErrorRate: "was stopped because too many rows fail",
  batches: "rests until its batch jobs are done"
}

const fixes: Readonly<Record<StopReason, string>> = {
  SIGINT: "The same command goes on from here.",
  SIGTERM: "The same command goes on from here.",
  SIGHUP: "The same command goes on from here.",
  EPIPE: "The same command goes on from here.",
  abort: "The same run goes on from here.",
  maxCost: "The same run with a higher maxCost goes on from here.",
  budget: "The same run with a higher budget, or another one, goes on from here.",
  maxTokens: "The same run with a higher maxTokens goes on from here.",
  maxRows: "The same run with a higher maxRows goes on from here.",
  maxErrorRate:
    "Look at the error rows in the folder. The same run with retryFailed asks again for those that failed; a higher maxErrorRate lets it go on.",
  batches:
    "The jobs go on by themselves; the same command takes their answers when they are done. Jobs are due within a day."
}

/** A run was stopped before its end; all that was answered by then is kept. */
export class RunStopped extends Schema.TaggedError<RunStopped>()("RunStopped", {
  pipeline: Schema.String,
  reason: StopReason,
  /** The figures behind the reason: what was spent, how many rows failed. */
  detail: Schema.optionalKey(Schema.String),
  /** The folder of the run. */
  directory: Schema.String,
  /** Source rows that are through. */
  rows: Schema.Int,
  /** How many there are in all, if known. */
  total: Schema.optionalKey(Schema.Int),
  /** Requests that were left without waiting for their answers. */
  left: Schema.Int
}) {
  /** What stopped it, in a few words: was stopped by Ctrl+C. */
  get why(): string {
    return `${says[this.reason]}${this.detail === undefined ? "" : ` (${this.detail})`}`
  }

  override get message(): string {
    const count = (rows: number): string => rows.toLocaleString("en")
    const of = this.total === undefined ? "" : ` of ${count(this.total)}`
    const left =
      this.left === 0
        ? ""
        : ` ${count(this.left)} ${this.left === 1 ? "request was" : "requests were"} left unanswered.`
    return `The run of pipeline '${this.pipeline}' ${this.why} after ${count(this.rows)}${of} rows; they are kept in '${this.directory}'.${left} ${fixes[this.reason]}`
  }
}
