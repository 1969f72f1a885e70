/** Files that the engine writes of the rows that leave a step, while the run goes on. */
import type * as Effect from "effect/Effect"
import type { StepFailed } from "./StepFailed.ts"

/** A file of the rows that leave a step, in the order of the source. */
export interface StepFile {
  /** The file that was asked for. */
  readonly path: string
  /** The JSON Lines file that takes the rows as they come: `path` itself, or one beside it. */
  readonly rows: string
  /** Makes `path` of `rows`, once all are there; undefined where they are the same. */
  readonly complete: Effect.Effect<void, StepFailed> | undefined
}
