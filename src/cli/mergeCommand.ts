/** `distilabel-ts merge`: makes the dataset of a run whose shards are there. */
import * as Effect from "effect/Effect"
import { mergeShards } from "../cluster/mergeShards.ts"
import { readPlan } from "../cluster/RunPlan.ts"
import { resultText, subsetsJson } from "./resultText.ts"

/** Runs the command; gives the exit code. */
export const mergeCommand = async (
  folder: string,
  { json }: { readonly json: boolean }
): Promise<number> => {
  const plan = await Effect.runPromise(readPlan(folder))
  const { artifacts, distiset } = await Effect.runPromise(mergeShards(folder, plan))
  if (artifacts.length > 0)
    console.error(
      `What steps have saved beside their rows stays with the shards: ${artifacts.join(", ")}`
    )
  console.log(
    json
      ? JSON.stringify(
          { pipeline: plan.pipeline, directory: folder, subsets: subsetsJson(distiset), artifacts },
          undefined,
          2
        )
      : resultText(distiset, "")
  )
  return 0
}
