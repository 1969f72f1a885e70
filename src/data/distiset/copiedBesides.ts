/**
 * What lies beside the rows of a dataset in an object store, copied to this machine: errors,
 * artifacts, the card. Rows stay where they are.
 */
import { hash } from "node:crypto"
import { createWriteStream } from "node:fs"
import { mkdir, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { done, provisionalPath, removeLeftovers } from "../../disk/leftovers.ts"
import { cacheDirectory } from "../rows/cacheDirectory.ts"
import { moveInto } from "./moveInto.ts"
import { openDatasetFolder } from "./openDatasetFolder.ts"

const isBeside = (name: string): boolean =>
  /^(?:errors|artifacts|distiset_configs)\//.test(name) ||
  /^[^/]+\.errors\.jsonl$/.test(name) ||
  name === "README.md"

/** Copies what is there now; gives the folder of the copies. */
export const copiedBesides = async (address: string): Promise<string> => {
  const folder = await openDatasetFolder(address)
  const checked = await folder.checksums()
  const target = join(cacheDirectory(), "stores", hash("sha256", address).slice(0, 16))
  removeLeftovers(target)
  const provisional = provisionalPath(target)
  try {
    await mkdir(provisional, { recursive: true })
    for (const name of (await folder.files()).filter(isBeside)) {
      const path = join(provisional, name)
      await mkdir(dirname(path), { recursive: true })
      await pipeline(Readable.from(checked.source(name).stream()), createWriteStream(path))
    }
    moveInto(provisional, target)
  } catch (thrown) {
    await rm(provisional, { recursive: true, force: true })
    done(provisional)
    throw thrown
  }
  return target
}
