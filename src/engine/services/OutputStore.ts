/** The store of outputs: where a run keeps what own steps made of rows, and finds it again. */
import * as Context from "effect/Context"
import { StepOutputs } from "../../journal/StepOutputs.ts"

/** Outputs of one step, by the keys of rows. */
export interface Outputs {
  /** What came of a row, as JSON; undefined if it is not known. */
  find(key: string): string | undefined
  /** Keeps what came of a row: a text, or several as a list. */
  keep(key: string, json: string | ReadonlyArray<string>): void
  /** Makes sure that what was kept so far survives the run. */
  flush(): void
  close(): void
}

/** Opens the outputs of a step. */
export interface OpenOutputs {
  /** `scope` is what determines what the step makes of a row. */
  readonly open: (directory: string, scope: string) => Outputs
}

/** In files of the cache directory, unless a layer says otherwise. */
export const OutputStore = Context.Reference<OpenOutputs>("distilabel-ts/engine/OutputStore", {
  defaultValue: () => ({ open: (directory, scope) => new StepOutputs(directory, scope) })
})
