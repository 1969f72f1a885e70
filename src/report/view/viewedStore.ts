/**
 * A folder or an object of an object store, to be looked at: its files are read in pieces, with the
 * credentials of this machine, which stay here.
 */
import { posix } from "node:path"
import { endings } from "../../data/files/FileFormat.ts"
import { DataError } from "../../data/rows/DataError.ts"
import { objectSource } from "../../data/stores/objectSource.ts"
import type { ObjectStore, StoredObject } from "../../data/stores/ObjectStore.ts"
import { openStore } from "../../data/stores/openStore.ts"
import { folderKey } from "../../data/stores/storeAddress.ts"
import { expectComplete } from "../../data/stores/unfinished.ts"
import { lateAnswersName, lateAnswersIn } from "../figures/LateAnswers.ts"
import { figuresFile, figuresIn, type RunFigures } from "../figures/RunFigures.ts"
import type { Copies } from "./Copies.ts"
import {
  copiedFormat,
  type SubsetNames,
  subsetsOfDataset,
  subsetsOfRun,
  subsetsOfSaved,
  typeOf
} from "./subsets.ts"
import type { Viewed, ViewedFile } from "./Viewed.ts"

/** Opens an address; files that a page cannot read piece by piece are shown by copies. */
export const viewedStore = async (address: string, copies: Copies): Promise<Viewed> => {
  const { key, store } = await openStore(address)
  const object = key === "" || key.endsWith("/") ? undefined : await store.find(key)
  const wrong = (detail: string): DataError =>
    new DataError({ action: "read", path: address, detail })
  if (object !== undefined) {
    const name = posix.basename(key)
    const rows = await viewedFiles(store, new Map([[name, object]]), [name], copies)
    if (rows.length === 0)
      throw wrong(`its ending says no known type. Files end in ${endings.join(", ")}.`)
    return { title: name, subsets: [{ name, rows, errors: [] }], notShown: [] }
  }
  const folder = folderKey(key)
  await expectComplete(store, folder)
  const objects = new Map(
    (await store.list(folder)).map((each) => [each.key.slice(folder.length), each])
  )
  const figures = await figuresOf(store, folder, objects)
  const subsets = await subsetsIn(store, folder, objects, figures)
  if (subsets.length === 0)
    throw wrong(
      objects.size === 0
        ? "there is neither an object nor a folder of this name. Check the address."
        : `there are no rows in this folder. Files end in ${endings.join(", ")}.`
    )
  const shown = []
  for (const { errors, name, rows } of subsets)
    shown.push({
      name,
      rows: await viewedFiles(store, objects, rows, copies),
      errors: await viewedFiles(store, objects, errors, copies)
    })
  return { title: figures?.pipeline ?? address, figures, subsets: shown, notShown: [] }
}

type Objects = ReadonlyMap<string, StoredObject>

const figuresOf = async (
  store: ObjectStore,
  folder: string,
  objects: Objects
): Promise<RunFigures | undefined> => {
  if (!objects.has(figuresFile)) return undefined
  const figures = figuresIn((await store.text(folder + figuresFile)) ?? "")
  const late = objects.has(lateAnswersName) ? await store.text(folder + lateAnswersName) : undefined
  return figures === undefined
    ? undefined
    : { ...figures, late: late === undefined ? undefined : lateAnswersIn(late) }
}

const subsetsIn = async (
  store: ObjectStore,
  folder: string,
  objects: Objects,
  figures: RunFigures | undefined
): Promise<ReadonlyArray<SubsetNames>> => {
  const names = [...objects.keys()].filter((name) => !/(^|\/)\./.test(name) && !name.endsWith("/"))
  const ofRun = subsetsOfRun(names)
  if (figures !== undefined)
    return ofRun.filter(({ name }) => figures.subsets.some((subset) => subset.name === name))
  const saved = subsetsOfSaved(names)
  if (saved.length > 0) return saved
  const isDescribed = objects.has("README.md")
  if (!isDescribed && ofRun.length > 0) return ofRun
  return subsetsOfDataset(names, isDescribed ? await store.text(`${folder}README.md`) : undefined)
}

const viewedFiles = async (
  store: ObjectStore,
  objects: Objects,
  names: ReadonlyArray<string>,
  copies: Copies
): Promise<ReadonlyArray<ViewedFile>> => {
  const files: Array<ViewedFile> = []
  for (const name of names) {
    const object = objects.get(name)!
    const source = objectSource(store, object)
    const [type, format] = [typeOf(name), copiedFormat(name)]
    if (type !== undefined) files.push({ name, type, bytes: object.size, source })
    else if (format !== undefined) {
      const copy = await copies.ofSource(source, object.version, format)
      files.push({ name, type: "jsonl", bytes: copy.bytes, source: copy.source })
    }
  }
  return files
}
