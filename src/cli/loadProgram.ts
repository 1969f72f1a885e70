/** The program of a run in shards, loaded as its plan names it. */
import { programHere } from "../cluster/packedCode.ts"
import type { RunPlan } from "../cluster/RunPlan.ts"
import type { LoadedProgram } from "../cluster/serveSlot.ts"
import { loadPipeline } from "./loadPipeline.ts"
import { refuseIncomplete } from "./missingText.ts"
import { readInput } from "./readInput.ts"

/** Loads a pipeline and its rows; `command` is the one that says what is wrong. */
export const loadProgram = async (
  command: string,
  folder: string,
  plan: RunPlan
): Promise<LoadedProgram> => {
  const { allow, bind, input, source } = programHere(folder, plan.program)
  const pipeline = await loadPipeline(source, { allow, bind })
  refuseIncomplete(pipeline)
  const dataset = await readInput(command, input, pipeline.graph)
  return { pipeline, dataset }
}
