/** Step tools: what a step's function may use besides its rows and parameters. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** The third argument of a step's function. */
export interface StepTools {
  /**
   * Saves files that go with the dataset: an index, a model, a picture. `write` gets the path of a
   * folder to write them into; `metadata` says what they are. They lie in the run's folder, under
   * `artifacts/STEP/NAME`, and go along with `saveToDisk` and `pushToHub`. Saved twice under a
   * name, the later one counts. A step that is not called, since its rows were kept, saves nothing
   * anew: `useCache: false` has it called.
   */
  readonly saveArtifact: (
    name: string,
    write: (path: string) => void | PromiseLike<void>,
    metadata?: Readonly<Record<string, unknown>>
  ) => Promise<void>
}

/** Writes an artifact of one file with this text. */
export const textFile =
  (name: string, text: string) =>
  (folder: string): Promise<void> =>
    writeFile(join(folder, name), text)

/** Makes tools for a step, by its name. */
export type ToolsOf = (step: string) => StepTools

/**
 * Where there is no run, files are written and thrown away: a step that is tried out works all the
 * same.
 */
const withoutRun: ToolsOf = () => ({
  saveArtifact: async (_, write) => {
    const folder = await mkdtemp(join(tmpdir(), "distilabel-artifact-"))
    try {
      await write(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
})

/** The tools of the run under way. */
export const CurrentTools = Context.Reference<ToolsOf>("distilabel-ts/step/Tools", {
  defaultValue: () => withoutRun
})

/** The tools of a step in the run under way. */
export const toolsOf = (step: string): Effect.Effect<StepTools> =>
  Effect.map(CurrentTools, (tools) => tools(step))
