/** The dataset of a run in an object store, put beside its shards. */
import type { RunPlace } from "../cluster/RunPlace.ts"
import { RunUpload } from "./RunUpload.ts"

/** Uploads the results that lie in the folder of this machine; on a disk they are where they belong. */
export const deliverDataset = async ({ folder, name, storedAs }: RunPlace): Promise<void> => {
  if (storedAs === undefined) return
  // Whoever merges it again, here or elsewhere, replaces what the run has put there.
  const upload = await RunUpload.open(name, folder, storedAs)
  await upload.upload(folder)
}
