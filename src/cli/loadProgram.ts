/** The program of a run in shards, loaded as its plan names it. */
import type { RunPlan } from "../cluster/RunPlan.ts"
import type { LoadedProgram } from "../cluster/serveSlot.ts"
import { loadPipeline } from "./loadPipeline.ts"
import { refuseIncomplete } from "./missingText.ts"
import { readInput } from "./readInput.ts"

/** Loads a pipeline and its rows; `command` is the one that says what is wrong. */
export const loadProgram = async (
  command: string,
  { program: { allow, bind, input, source } }: RunPlan
): Promise<LoadedProgram> => {
  const pipeline = await loadPipeline(source, { allow, bind })
  refuseIncomplete(pipeline)
  const dataset = await readInput(command, input, pipeline.graph)
  return { pipeline, dataset }
}
