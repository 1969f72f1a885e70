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

/**
 * Where rows that own steps have worked out are kept from run to run: in files of the cache
 * directory, unless a layer says otherwise.
 *
 * @example
 *   // In a map of this program.
 *   const kept = new Map<string, string>()
 *   const inMap = Layer.succeed(OutputStore, {
 *     open: (_, scope) => ({
 *       find: (key) => kept.get(`${scope} ${key}`),
 *       keep: (key, json) => {
 *         kept.set(`${scope} ${key}`, typeof json === "string" ? json : `[${json.join(",")}]`)
 *       },
 *       flush: () => {},
 *       close: () => {}
 *     })
 *   })
 *   const distiset = await Effect.runPromise(run(pipeline).pipe(Effect.provide(inMap)))
 */
export const OutputStore = Context.Reference<OpenOutputs>("distilabel-ts/engine/OutputStore", {
  defaultValue: () => ({ open: (directory, scope) => new StepOutputs(directory, scope) })
})
