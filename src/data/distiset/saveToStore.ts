/**
 * Saving a dataset anywhere: to a folder of this machine, or by way of one to a folder of an object
 * store.
 */
import { randomUUID } from "node:crypto"
import { rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { done, provisionalPath, removeLeftovers } from "../../disk/leftovers.ts"
import { secretFinder } from "../../secrets/secretFinder.ts"
import { DataError } from "../rows/DataError.ts"
import { isAddress } from "../stores/storeAddress.ts"
import { filesBelow, StoreFolder } from "../stores/StoreFolder.ts"
import { type Contents, saveDataset, type SaveToDiskOptions } from "./saveDataset.ts"
import type { Look } from "./writeSplits.ts"

/** Saves rows, card and all under a path or an address. */
export const saveAnywhere = (
  target: string,
  contents: Contents,
  options: SaveToDiskOptions
): Promise<void> =>
  isAddress(target)
    ? saveToStore(target, contents, options)
    : saveDataset(target, contents, options)

const saveToStore = async (
  address: string,
  contents: Contents,
  { overwrite = false, ...options }: SaveToDiskOptions
): Promise<void> => {
  const folder = await StoreFolder.open(address)
  const held = await folder.names()
  if (held.length > 0 && !overwrite) throw notFree(address, held)
  await folder.take(randomUUID(), overwrite)
  const work = join(tmpdir(), "distilabel-save")
  removeLeftovers(work)
  const local = provisionalPath(work)
  let begun = false
  try {
    await saveDataset(local, contents, options, lookFor(address))
    const names = filesBelow(local)
    await folder.check(local, names)
    begun = true
    await folder.fill(local, names)
    const now = new Set(names)
    await folder.remove(held.filter((name) => !now.has(name)))
    await folder.release()
  } catch (thrown) {
    // What was there before is still there as it was.
    if (!begun) await folder.release().catch(() => {})
    throw namingAddress(thrown, local, address)
  } finally {
    rmSync(local, { recursive: true, force: true })
    done(local)
  }
}

const notFree = (address: string, held: ReadonlyArray<string>): DataError =>
  new DataError({
    action: "write",
    path: address,
    detail: `the folder is there already, and holds ${held.length === 1 ? `'${held[0]}'` : `${held.length} objects`}. Save to another one, or with { overwrite: true }, which removes all that it holds.`
  })

/** The Hub is where others read: rows are searched for keys before. */
const lookFor = (address: string): Look | undefined => {
  if (!address.startsWith("hf://")) return undefined
  const find = secretFinder()
  return (text, { column, row, subset }) => {
    const found = find(text)
    if (found !== undefined)
      throw new DataError({
        action: "write",
        path: address,
        detail: `nothing was uploaded, since column '${column}' of row ${row}${subset === "default" ? "" : ` of '${subset}'`} holds ${found}. Take it out, and make a new key if others have seen it; if it is none, use pushToHub with { allowSecrets: true }.`
      })
  }
}

/** Nobody has heard of the folder that was written on the way. */
const namingAddress = (thrown: unknown, local: string, address: string): unknown =>
  thrown instanceof DataError && thrown.path.startsWith(local)
    ? new DataError({ ...thrown, path: address + thrown.path.slice(local.length) })
    : thrown
