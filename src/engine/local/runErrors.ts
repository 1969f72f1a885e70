/** Why a run ended without a result. */
import * as Effect from "effect/Effect"
import { DataError } from "../../data/rows/DataError.ts"
import { JournalError } from "../../journal/JournalError.ts"
import type { RunLocked } from "../../journal/RunLock.ts"
import type { InvalidPipeline } from "../../pipeline/problems.ts"
import { redactedError } from "../../secrets/redact.ts"
import { StepFailed, StepsFailed } from "../../step/StepFailed.ts"
import type { PriceUnknown } from "../record/PriceUnknown.ts"
import type { RunStopped } from "../watch/RunStopped.ts"

export type RunError =
  | InvalidPipeline
  | StepFailed
  | StepsFailed
  | DataError
  | JournalError
  | RunLocked
  | PriceUnknown
  | RunStopped

/**
 * An error that a user can do something about; anything else that ends a run is a defect and keeps
 * its stack.
 */
export const asRunError = (
  error: unknown
): Effect.Effect<never, StepFailed | StepsFailed | DataError | JournalError> =>
  error instanceof StepFailed ||
  error instanceof StepsFailed ||
  error instanceof DataError ||
  error instanceof JournalError
    ? Effect.fail(redactedError(error))
    : Effect.die(redactedError(error))
