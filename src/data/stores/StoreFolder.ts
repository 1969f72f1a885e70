/**
 * Folders of an object store that are written: taken by one writer, filled, and complete only when
 * all is there.
 */
import { readdirSync } from "node:fs"
import { hostname } from "node:os"
import { join, relative } from "node:path"
import { DataError } from "../rows/DataError.ts"
import { expectNoSecrets } from "./expectNoSecrets.ts"
import type { ObjectStore } from "./ObjectStore.ts"
import { openStore } from "./openStore.ts"
import { folderKey, runsFolder } from "./storeAddress.ts"
import { type Marker, markerName, readMarker } from "./unfinished.ts"

export class StoreFolder {
  readonly #address: string
  readonly #store: ObjectStore
  readonly #folder: string

  private constructor(address: string, store: ObjectStore, folder: string) {
    this.#address = address
    this.#store = store
    this.#folder = folder
  }

  static async open(address: string): Promise<StoreFolder> {
    const { key, store } = await openStore(address, "write")
    return new StoreFolder(address, store, folderKey(key))
  }

  /** The names of all objects in it but the marker of who is writing, and what a run keeps there. */
  async names(): Promise<ReadonlyArray<string>> {
    const objects = await this.#store.list(this.#folder)
    return objects
      .map(({ key }) => key.slice(this.#folder.length))
      .filter((name) => name !== "" && name !== markerName && !name.startsWith(`${runsFolder}/`))
  }

  /** The text of a small object in it; undefined if there is none. */
  text(name: string): Promise<string | undefined> {
    return this.#store.text(this.#folder + name)
  }

  /** Who is writing to it, or was when that was cut short. */
  holder(): Promise<Marker | undefined> {
    return readMarker(this.#store, this.#folder)
  }

  /**
   * Takes the folder for a writer, whom the marker names until `release`. It fails where another
   * one has it, unless that one may be ousted.
   */
  async take(id: string, ousts: boolean): Promise<void> {
    const there = await this.holder()
    if (there?.id === id) return
    if (there !== undefined && !ousts) throw this.#taken(there.host, there.since)
    const text = JSON.stringify({ id, host: hostname(), since: new Date().toISOString() })
    const key = this.#folder + markerName
    if (there !== undefined) await this.#store.put([{ key, content: { text } }])
    else if (!(await this.#store.create(key, text))) {
      const first = await this.holder()
      throw this.#taken(first?.host ?? "another host", first?.since ?? "just now")
    }
  }

  /** The folder is complete, or as it was before it was taken. */
  async release(): Promise<void> {
    await this.#store.remove([this.#folder + markerName])
  }

  /** Fails where files must not go there: the Hub is where others read. */
  async check(directory: string, names: ReadonlyArray<string>): Promise<void> {
    if (this.#store.root.startsWith("hf://")) await expectNoSecrets(this.#address, directory, names)
  }

  /** Puts files of a local folder into it, those that say what the others are at the end. */
  async fill(directory: string, names: ReadonlyArray<string>): Promise<void> {
    for (const group of Map.groupBy(names.toSorted(byRank), rank).values())
      await this.#store.put(
        group.map((name) => ({
          key: this.#folder + name,
          content: { file: join(directory, name) }
        }))
      )
  }

  /** Removes objects of it. */
  async remove(names: ReadonlyArray<string>): Promise<void> {
    await this.#store.remove(names.map((name) => this.#folder + name))
  }

  #taken(host: string, since: string): DataError {
    return new DataError({
      action: "write",
      path: this.#address,
      detail: `${host} has been writing there since ${since}, or was stopped while it did. Wait for it or run it there again; if nobody does, remove '${markerName}', or give another address.`
    })
  }
}

/** Rows first, then what describes them, last what says that all are there. */
const rank = (name: string): number =>
  name === ".checksums"
    ? 2
    : /(?:^|\/)(?:README\.md|dataset_dict\.json|state\.json|report\.html)$/.test(name)
      ? 1
      : 0

const byRank = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : 1)

/** The files below a folder, with `/` between names. */
export const filesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
