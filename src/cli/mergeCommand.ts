/** `distilabel-ts merge`: makes the dataset of a run whose shards are there. */
import * as Effect from "effect/Effect"
import { mergeShards } from "../cluster/mergeShards.ts"
import { readPlan } from "../cluster/RunPlan.ts"
import { isAddress } from "../data/stores/storeAddress.ts"
import { uploadResults } from "../run/RunUpload.ts"
import { resultText, subsetsJson, uploadedText } from "./resultText.ts"
import { refuseAddress } from "./sharedFolder.ts"
import { UsageError } from "./UsageError.ts"

/** Runs the command; gives the exit code. */
export const mergeCommand = async (
  folder: string,
  { json, output }: { readonly json: boolean; readonly output: string | undefined }
): Promise<number> => {
  refuseAddress("merge", folder)
  if (output !== undefined && !isAddress(output))
    throw new UsageError(
      "merge",
      `--output takes an address of an object store, as s3://bucket/run1, not '${output}': the dataset is made in the folder itself`
    )
  const plan = await Effect.runPromise(readPlan(folder))
  const { artifacts, distiset } = await Effect.runPromise(mergeShards(folder, plan))
  if (output !== undefined) await uploadResults(output, folder)
  if (artifacts.length > 0)
    console.error(
      `What steps have saved beside their rows stays with the shards: ${artifacts.join(", ")}`
    )
  console.log(
    json
      ? JSON.stringify(
          {
            pipeline: plan.pipeline,
            directory: folder,
            output,
            subsets: subsetsJson(distiset),
            artifacts
          },
          undefined,
          2
        )
      : [resultText(distiset, ""), ...uploadedText(output)].join("\n")
  )
  return 0
}
