/** Files in object stores, as loading asks for them: folders, patterns and single objects. */
import { matching } from "../files/globs.ts"
import type { Files } from "../files/localFiles.ts"
import { notRows } from "../files/notRows.ts"
import { DataError } from "../rows/DataError.ts"
import { objectAt } from "./objectSource.ts"
import type { StoredObject } from "./ObjectStore.ts"
import { openStore } from "./openStore.ts"
import { folderKey, runsFolder } from "./storeAddress.ts"
import { expectComplete } from "./unfinished.ts"

export const storedFiles: Files = {
  list: async (address) => {
    const { key, store } = await openStore(address)
    if (key !== "" && !key.endsWith("/") && (await store.find(key)) !== undefined) return undefined
    const folder = folderKey(key)
    const keys = datasetKeys(await store.list(folder), folder)
    if (keys.length === 0)
      throw new DataError({
        action: "read",
        path: address,
        detail: "there is neither an object nor a folder of this name. Check the address."
      })
    await expectComplete(store, folder, keys)
    return keys.map((each) => each.slice(folder.length))
  },
  match: async (pattern) => {
    const { key, store } = await openStore(pattern)
    const special = key.search(/[*?[{]/)
    // An object may have a name that looks like a pattern.
    if (special < 0 || (await store.find(key)) !== undefined) return undefined
    const folder = key.slice(0, key.lastIndexOf("/", special) + 1)
    const keys = datasetKeys(await store.list(folder), folder)
    const fitting = [...new Set(alternatives(key).flatMap((each) => matching(each, keys, notRows)))]
    await expectComplete(store, folder, keys, fitting)
    return fitting.map((each) => store.addressOf(each))
  },
  open: objectAt
}

/** Keys of a folder's objects, without what runs in shards keep there. */
const datasetKeys = (objects: ReadonlyArray<StoredObject>, folder: string): ReadonlyArray<string> =>
  objects
    .map(({ key }) => key)
    .filter((key) => !key.slice(folder.length).split("/").includes(runsFolder))

/** The patterns that one with `{a,b}` stands for. */
const alternatives = (pattern: string): ReadonlyArray<string> => {
  const [braces, choices] = /\{([^{}]*,[^{}]*)\}/.exec(pattern) ?? []
  if (braces === undefined || choices === undefined) return [pattern]
  return choices.split(",").flatMap((choice) => alternatives(pattern.replace(braces, () => choice)))
}
