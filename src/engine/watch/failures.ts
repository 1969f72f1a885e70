/** What went wrong, as rows and steps tell it. */
import * as Cause from "effect/Cause"
import { DataError } from "../../data/rows/DataError.ts"
import { JournalError } from "../../journal/JournalError.ts"
import { LLMError } from "../../models/chat/LLMError.ts"
import { redacted, redactedError } from "../../secrets/redact.ts"
import { detailOf, RowFailed, StepFailed, traceOf } from "../../step/StepFailed.ts"
import { thrownAt } from "../../step/thrownAt.ts"

/** The error or the thrown value in a cause. */
export const failureIn = <E>(cause: Cause.Cause<E>): unknown => Cause.squash(cause)

/**
 * Whether an error is the run's and not a row's: the disk, the log of answers, a step that cannot
 * go on.
 */
export const endsRun = (thrown: unknown): boolean =>
  thrown instanceof StepFailed || thrown instanceof DataError || thrown instanceof JournalError

/** A row's failure, from whatever was thrown at a step. Throws what is no row's failure. */
export const rowFailure = (step: string, thrown: unknown): RowFailed => {
  if (endsRun(thrown)) throw thrown
  if (missingService(thrown) !== undefined) throw asStepFailed(step, "process", thrown)
  if (thrown instanceof RowFailed) return redactedError(thrown)
  if (thrown instanceof LLMError)
    return new RowFailed({
      step,
      reason: thrown.reason,
      detail: redacted(thrown.message),
      attempts: thrown.attempts,
      fatal: thrown.fatal
    })
  return new RowFailed({
    step,
    reason: "ProcessFailed",
    detail: redacted(placed(thrown)),
    ...traceOf(thrown)
  })
}

/** The failure of a whole step, from whatever was thrown at it. */
export const asStepFailed = (
  step: string,
  phase: "generate" | "process",
  thrown: unknown
): StepFailed => {
  const service = missingService(thrown)
  if (service !== undefined)
    return new StepFailed({
      step,
      phase,
      reason: "ServiceMissing",
      detail: `it requires the service '${service}', which the run is not provided with. Provide it: run(pipeline).pipe(Effect.provide(layer)).`
    })
  if (thrown instanceof LLMError || thrown instanceof RowFailed)
    return new StepFailed({
      step,
      phase,
      reason: thrown.reason,
      detail: thrown instanceof RowFailed ? thrown.detail : thrown.message
    })
  return new StepFailed({
    step,
    phase,
    reason: phase === "generate" ? "GeneratorFailed" : "ProcessFailed",
    detail: placed(thrown)
  })
}

/** What was thrown, and where in the program. */
const placed = (thrown: unknown): string => {
  const place = thrownAt(thrown)
  return place === undefined ? detailOf(thrown) : `${detailOf(thrown)} (${place})`
}

/** Effect has no type for it, only this sentence. */
const missingService = (thrown: unknown): string | undefined =>
  thrown instanceof Error ? /^Service not found: (.+)$/.exec(thrown.message)?.[1] : undefined

/** The end of a run, from a row's failure that no other row can get past. */
export const stepFailure = (failure: RowFailed): StepFailed =>
  new StepFailed({
    step: failure.step,
    phase: "process",
    reason: failure.reason,
    detail: failure.detail
  })
