/**
 * The folder of a dataset in an object store. Nobody reads all of a large object only to look
 * whether it is as it was: the store answers for its bytes. What can be seen on the way is checked.
 */
import { crc32 } from "node:zlib"
import type { Prefix } from "../../disk/prefixes.ts"
import type { ByteSource } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"
import { objectSource } from "../stores/objectSource.ts"
import type { ObjectStore, StoredObject } from "../stores/ObjectStore.ts"
import { openStore } from "../stores/openStore.ts"
import { folderKey } from "../stores/storeAddress.ts"
import { expectComplete, foldersUp } from "../stores/unfinished.ts"
import {
  below,
  changedFile,
  type CheckedFiles,
  checksumsFile,
  type Written,
  writtenIn
} from "./checksums.ts"
import { type DatasetFolder, notAFolder } from "./DatasetFolder.ts"

export const storedFolder = async (address: string): Promise<DatasetFolder> => {
  const { key, store } = await openStore(address)
  const folder = folderKey(key)
  const objects = new Map(
    (await store.list(folder)).map((object) => [object.key.slice(folder.length), object])
  )
  if (objects.size === 0)
    throw key !== "" && (await store.find(key)) !== undefined
      ? notAFolder(address)
      : new DataError({
          action: "read",
          path: address,
          detail: "there is no folder of this name. Check the address."
        })
  await expectComplete(store, folder)
  const files = [...objects.keys()].filter((name) => name !== "" && !name.endsWith("/"))
  return {
    path: address,
    at: (name) => store.addressOf(folder + name),
    has: async (name) => objects.has(name),
    folders: async () => [
      ...new Set(files.flatMap((name) => (name.includes("/") ? [name.split("/")[0]!] : [])))
    ],
    names: async () => files.filter((name) => !name.includes("/")),
    files: async () => files,
    text: async (name) =>
      Buffer.concat(
        await Array.fromAsync(store.read(objects.get(name) ?? (await store.expect(folder + name))))
      ).toString(),
    checksums: () => checkedObjects(store, folder, objects)
  }
}

const checkedObjects = async (
  store: ObjectStore,
  folder: string,
  objects: ReadonlyMap<string, StoredObject>
): Promise<CheckedFiles> => {
  const written = await writtenFor(store, folder)
  const sums = new Map(Object.entries(written?.files ?? {}))
  const changed = (name: string, detail: string): DataError =>
    changedFile(store.addressOf(folder + name), written!.writer, detail)
  for (const [name, { bytes }] of sums) {
    const size = objects.get(name)?.size
    if (size !== bytes)
      throw changed(
        name,
        size === undefined
          ? "it is missing"
          : `it has ${size} bytes, and had ${bytes} when it was written`
      )
  }
  return {
    files: written === undefined ? undefined : [...sums.keys()],
    source: (name) => {
      const object = objects.get(name)
      if (object === undefined)
        throw new DataError({
          action: "read",
          path: store.addressOf(folder + name),
          detail: "there is no such object. Check the address."
        })
      const source = objectSource(store, object)
      const sum = sums.get(name)
      return sum === undefined
        ? source
        : summed(source, sum, () => changed(name, "its bytes are not those that were written"))
    }
  }
}

/** What the folder, or one above it, says of the files of this one, by their paths from here. */
const writtenFor = async (store: ObjectStore, folder: string): Promise<Written | undefined> => {
  for (const at of foldersUp(folder)) {
    const text = await store.text(`${at}${checksumsFile}`)
    if (text !== undefined) {
      const written = writtenIn(store.addressOf(`${at}${checksumsFile}`), text)
      return at === folder ? written : below(written, folder.slice(at.length))
    }
  }
  return undefined
}

/** A source whose last bytes are given only if all of them are as they were written. */
const summed = (source: ByteSource, { crc }: Prefix, changed: () => DataError): ByteSource => ({
  ...source,
  stream: async function* (from = 0) {
    if (from > 0) {
      yield* source.stream(from)
      return
    }
    let sum = 0
    let held: Uint8Array | undefined
    for await (const chunk of source.stream()) {
      if (held !== undefined) yield held
      sum = crc32(chunk, sum)
      held = chunk
    }
    if (sum !== crc) throw changed()
    if (held !== undefined) yield held
  }
})
