/**
 * What a run in an object store is known by: its plan, with a name that no other run has, and the
 * program that may be packed with it. A machine that sees the name first makes a folder for it.
 */
import { hash, randomUUID } from "node:crypto"
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, isAbsolute, join } from "node:path"
import * as Schema from "effect/Schema"
import { cacheDirectory } from "../data/rows/cacheDirectory.ts"
import { DataError } from "../data/rows/DataError.ts"
import { inTurn } from "../data/stores/inTurn.ts"
import type { ObjectStore } from "../data/stores/ObjectStore.ts"
import { openStore } from "../data/stores/openStore.ts"
import { folderKey, runsFolder, storeAddress } from "../data/stores/storeAddress.ts"
import { filesBelow } from "../data/stores/StoreFolder.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { writeWhole } from "../disk/writeWhole.ts"
import { writerName } from "../journal/writers.ts"
import { programFolder } from "./packedCode.ts"
import { WrongRunFolder } from "./problems.ts"
import { planPath, withoutPlan } from "./RunPlan.ts"

export interface StoredRun {
  readonly address: string
  readonly store: ObjectStore
  /** What keys of the run begin with. */
  readonly key: string
  readonly id: string
  /** The run's folder on this machine. */
  readonly folder: string
}

/** The plan as it lies in the store. */
const Published = Schema.Struct({
  id: Schema.String.check(Schema.isPattern(/^[\w-]{1,40}$/)),
  plan: Schema.String
})

/** Whether a name is that of a file below a folder: whoever writes to a store leads nowhere else. */
const isFileBelow = (name: string): boolean =>
  !isAbsolute(name) && !name.split(/[\\/]/).includes("..")

/** Files below a folder, with their sizes. */
export const FileSizes = Schema.Record(Schema.String, Schema.Int).check(
  Schema.makeFilter((sizes) => Object.keys(sizes).every(isFileBelow))
)

/** A run whose plan is in a store; undefined if none is. */
export const storedRun = async (address: string): Promise<StoredRun | undefined> => {
  const { key, store } = await opened(address)
  const text = await store.text(planKey(key))
  if (text === undefined) return undefined
  const { id, plan } = publishedIn(text, address)
  const run = { address, store, key, id, folder: folderOf(address, id) }
  if (!existsSync(planPath(run.folder))) {
    makeFolder(run.folder)
    await bringProgram(run)
    writeWhole(planPath(run.folder), plan)
  }
  return run
}

/** The same, which must be there. */
export const expectRun = async (address: string): Promise<StoredRun> => {
  const run = await storedRun(address)
  if (run === undefined) throw new WrongRunFolder({ folder: address, detail: withoutPlan(address) })
  return run
}

/** A run that is about to be planned. */
export const newRun = async (address: string): Promise<StoredRun> => {
  const { folder: within, key, store } = await opened(address)
  const [first] = await store.list(within)
  if (first !== undefined)
    throw new WrongRunFolder({
      folder: address,
      detail: `is not empty: there is '${first.key.slice(within.length)}' in it. Give a new folder.`
    })
  const id = randomUUID().slice(0, 13)
  return { address, store, key, id, folder: folderOf(address, id) }
}

/** Puts plan and program there, unless they are; fails if somebody has planned another run there. */
export const publishedRun = async (run: StoredRun): Promise<void> => {
  const { address, folder, id, key, store } = run
  const there = await store.text(planKey(key))
  if (there === undefined) {
    const program = join(folder, programFolder)
    if (existsSync(program))
      await store.put(
        filesBelow(program).map((name) => ({
          key: `${key}${programFolder}/${name}`,
          content: { file: join(program, name) }
        }))
      )
    const plan = readFileSync(planPath(folder), "utf8")
    if (await store.create(planKey(key), JSON.stringify({ id, plan }))) return
  }
  const now = there ?? (await store.text(planKey(key)))
  if (now !== undefined && publishedIn(now, address).id === id) return
  throw new WrongRunFolder({
    folder: address,
    detail:
      "was planned by somebody else at the same time. Start this again to join in, or give another folder."
  })
}

const planKey = (key: string): string => `${key}plan.json`

const opened = async (address: string) => {
  if (storeAddress(address, "write").scheme === "hf")
    throw new DataError({
      action: "write",
      path: address,
      detail:
        "datasets of the Hub are no place for shards: each of them would be a commit. Give an address that begins with s3://, gs:// or az://, or a path, and push the dataset at the end: pushToHub."
    })
  const { key, store } = await openStore(address, "write")
  const folder = folderKey(key)
  return { store, folder, key: `${folder}${runsFolder}/` }
}

const publishedIn = (text: string, address: string): typeof Published.Type => {
  try {
    return Schema.decodeUnknownSync(Published)(JSON.parse(text))
  } catch {
    throw new WrongRunFolder({
      folder: address,
      detail: "has a plan that was changed or damaged. Plan the run again in another folder."
    })
  }
}

/** A name that people recognize, and no other run has. */
const folderOf = (address: string, id: string): string => {
  const words = address.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replace(/-$/, "")
  const name = `${words.slice(0, 60)}-${hash("sha256", address).slice(0, 8)}-${id}`
  return join(cacheDirectory(), "runs in stores", name)
}

/** Brings the program that is packed with the run, whole or not at all. */
const bringProgram = async ({ folder, key, store }: StoredRun): Promise<void> => {
  const to = join(folder, programFolder)
  const prefix = `${key}${programFolder}/`
  const objects = (await store.list(prefix)).filter(({ key: each }) =>
    isFileBelow(each.slice(prefix.length))
  )
  if (objects.length === 0 || existsSync(to)) return
  const provisional = `${to}.${writerName()}.partial`
  await inTurn(objects, async (object) => {
    const path = join(provisional, object.key.slice(prefix.length))
    makeFolder(dirname(path))
    writeFileSync(path, Buffer.concat(await Array.fromAsync(store.read(object))))
  })
  try {
    renameSync(provisional, to)
  } catch (thrown) {
    rmSync(provisional, { recursive: true, force: true })
    if (!existsSync(to)) throw thrown
  }
}
