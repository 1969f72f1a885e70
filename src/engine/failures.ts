/** What went wrong, as rows and steps tell it. */
import * as Cause from "effect/Cause"
import { detailOf, RowFailed, StepFailed } from "../step/StepFailed.ts"

/** The error or the thrown value in a cause. */
export const failureIn = <E>(cause: Cause.Cause<E>): unknown => Cause.squash(cause)

/** A row's failure, from whatever was thrown at a step. */
export const rowFailure = (step: string, thrown: unknown): RowFailed =>
  thrown instanceof RowFailed ? thrown : new RowFailed({ step, reason: "ProcessFailed", detail: detailOf(thrown) })

/** The end of a run, from a row's failure that no other row can get past. */
export const stepFailure = (failure: RowFailed): StepFailed =>
  new StepFailed({ step: failure.step, phase: "process", reason: failure.reason, detail: failure.detail })
