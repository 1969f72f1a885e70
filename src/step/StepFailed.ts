/** Errors of steps that run: one row that failed, or a step that cannot go on. */
import * as Schema from "effect/Schema"
import type { ColumnProblem } from "../columns/declaredValues.ts"
import { ownStack } from "./thrownAt.ts"

/** One row failed at one step: kept with the row, counted and retriable; the other rows go on. */
export class RowFailed extends Schema.TaggedError<RowFailed>()("RowFailed", {
  step: Schema.String,
  /** A short name of the cause: `ParseFailed`, `TimedOut`, `ProcessFailed`, … */
  reason: Schema.String,
  detail: Schema.String,
  attempts: Schema.optionalKey(Schema.Int),
  /** The model's raw answer, where there is one. */
  raw: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** The program's own places in the stack of what was thrown, a line each. */
  trace: Schema.optionalKey(Schema.String),
  /** True if no other row can do better: the run ends. */
  fatal: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    return `Step '${this.step}' failed on a row (${this.reason}): ${this.detail}`
  }
}

/** Where in the program something was thrown, as fields of a row's failure. */
export const traceOf = (thrown: unknown): { readonly trace?: string } => {
  const trace = ownStack(thrown)
  return trace === undefined ? {} : { trace }
}

/** The failure of a row in which a column does not hold what its step declares. */
export const wrongOutput = (step: string, { detail }: ColumnProblem): RowFailed =>
  new RowFailed({ step, reason: "WrongOutput", detail: `${detail}.` })

/** A step cannot start or go on, and with it the run. */
export class StepFailed extends Schema.TaggedError<StepFailed>()("StepFailed", {
  step: Schema.String,
  phase: Schema.Literals(["load", "generate", "process"]),
  reason: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    const doing = {
      load: "could not start",
      generate: "could not generate rows",
      process: "failed on its rows"
    }[this.phase]
    return `Step '${this.step}' ${doing} (${this.reason}): ${this.detail}`
  }
}

/** Several steps cannot start. */
export class StepsFailed extends Schema.TaggedError<StepsFailed>()("StepsFailed", {
  failures: Schema.Array(StepFailed)
}) {
  override get message(): string {
    return `${this.failures.length} steps could not start:\n${this.failures.map((failure, i) => `  ${i + 1}. ${failure.message}`).join("\n")}`
  }
}

/** What a thrown value says of itself, on one line where it can. */
export const detailOf = (thrown: unknown): string =>
  thrown instanceof Error
    ? thrown.message || thrown.name
    : typeof thrown === "string"
      ? thrown
      : (JSON.stringify(thrown) ?? String(thrown))
