/** `distilabel-ts merge`: makes the dataset of a run whose shards are there. */
import * as Effect from "effect/Effect"
import { mergedIn } from "../cluster/mergeShards.ts"
import { openPlace } from "../cluster/openPlace.ts"
import { readPlan } from "../cluster/RunPlan.ts"
import { isAddress } from "../data/stores/storeAddress.ts"
import { deliverDataset } from "../run/deliverDataset.ts"
import { uploadResults } from "../run/RunUpload.ts"
import { resultText, subsetsJson, uploadedText } from "./resultText.ts"
import { UsageError } from "./UsageError.ts"

/** Runs the command; gives the exit code. */
export const mergeCommand = async (
  folder: string,
  { json, output }: { readonly json: boolean; readonly output: string | undefined }
): Promise<number> => {
  if (output !== undefined && !isAddress(output))
    throw new UsageError(
      "merge",
      `--output takes an address of an object store, as s3://bucket/run1, not '${output}': the dataset is made in the folder itself`
    )
  const place = await openPlace(folder)
  const plan = await Effect.runPromise(readPlan(place.folder))
  const { artifacts, distiset } = await Effect.runPromise(mergedIn(place, plan))
  if (output === undefined) await deliverDataset(place)
  else await uploadResults(output, place.folder)
  const uploaded = output ?? (place.storedAs === undefined ? undefined : folder)
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
            output: uploaded,
            subsets: subsetsJson(distiset),
            artifacts
          },
          undefined,
          2
        )
      : [resultText(distiset, ""), ...uploadedText(uploaded)].join("\n")
  )
  return 0
}
