/** Folders that many processes work in. */
import { isAddress } from "../data/stores/storeAddress.ts"
import { UsageError } from "./UsageError.ts"

/** Refuses an address: shards, answers and locks are files that processes share. */
export const refuseAddress = (command: string, folder: string): void => {
  if (isAddress(folder))
    throw new UsageError(
      command,
      `many processes work in a folder of a disk that all of them see, not in '${folder}'. Give the path of one, and upload the dataset at the end: distilabel-ts merge DIR --output ${folder}`
    )
}
