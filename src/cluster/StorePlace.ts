/**
 * A run in an object store. Of its folder each machine keeps what it needs in a folder of its own,
 * so that all who work on files find them there; what others are to see is put into the store.
 *
 * An attempt puts its files under a name of its own, and then a marker where none is: who comes
 * first has made the shard. A marker says which attempt that was, and what files it has.
 */
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { Readable } from "node:stream"
import { pipeline as piped } from "node:stream/promises"
import { DataError } from "../data/rows/DataError.ts"
import { inTurn } from "../data/stores/inTurn.ts"
import type { ObjectStore, StoredObject } from "../data/stores/ObjectStore.ts"
import { filesBelow } from "../data/stores/StoreFolder.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { writerName } from "../journal/writers.ts"
import { inputFiles, shardsOf } from "./partShards.ts"
import { retried, retryShards } from "./retryShards.ts"
import { streamFiles } from "./RowStream.ts"
import { type CommitEnd, committed, type RunPlace } from "./RunPlace.ts"
import {
  placesIn,
  type PlannedPart,
  type RunPlan,
  shardFolder,
  shardName,
  shardNameIn
} from "./RunPlan.ts"
import { type Marker, markerIn, type Note, noteFile, noteIn, textFiles } from "./shardMarker.ts"
import { StoredAnswers } from "./StoredAnswers.ts"
import { publishedRun, type StoredRun } from "./StoredRun.ts"

export class StorePlace implements RunPlace {
  readonly name: string
  readonly folder: string
  readonly storedAs: string
  readonly #run: StoredRun
  readonly #store: ObjectStore
  /** What keys of the run begin with. */
  readonly #key: string
  /** Versions of the markers of shards that are here, by their names. */
  #here: Map<string, string> | undefined

  constructor(run: StoredRun) {
    this.#run = run
    this.#store = run.store
    this.#key = run.key
    this.name = run.address
    this.folder = run.folder
    this.storedAs = run.id
  }

  async publish(): Promise<void> {
    await publishedRun(this.#run)
  }

  async bringShards(plan: RunPlan): Promise<void> {
    const here = (this.#here ??= this.#shardsHere(plan))
    // What was here before the list was made and is not in it was put back.
    const before = new Map(here)
    const markers = new Map<string, StoredObject>()
    const prefix = `${this.#key}shards/`
    for (const object of await this.#store.list(prefix))
      markers.set(object.key.slice(prefix.length), object)
    for (const [name, version] of before) if (!markers.has(name)) this.#forget(plan, name, version)
    await inTurn(
      [...markers].filter(([name, { version }]) => here.get(name) !== version),
      ([name, object]) => this.#bring(plan, name, object)
    )
  }

  async bringFor(plan: RunPlan, part: PlannedPart, index: number): Promise<void> {
    const name = shardNameIn(part, index)
    const object = await this.#store.find(this.#markerOf(name))
    if (object !== undefined) {
      await this.#bring(plan, name, object)
      return
    }
    rmSync(shardFolder(this.folder, part, index), { recursive: true, force: true })
    this.#here?.delete(name)
    if (part.inputs.length > 0) {
      await this.bringShards(plan)
      await this.#bringInputs(plan, part, index)
    }
    await this.#bringRetry(part, index)
    await (await this.#answersOf(part, index)).bring()
  }

  async keepAnswers(part: PlannedPart, index: number): Promise<() => Promise<void>> {
    return (await this.#answersOf(part, index)).keep()
  }

  async commit(part: PlannedPart, index: number, attempt: string): Promise<CommitEnd> {
    const name = shardNameIn(part, index)
    const files = filesBelow(attempt)
    const marker: Marker = {
      attempt: basename(attempt),
      files: Object.fromEntries(files.map((file) => [file, statSync(join(attempt, file)).size])),
      texts: Object.fromEntries(
        textFiles
          .filter((file) => files.includes(file))
          .map((file) => [file, readFileSync(join(attempt, file), "utf8")])
      )
    }
    await this.#store.put(
      files
        .filter((file) => !(file in marker.texts))
        .map((file) => ({
          key: this.#fileOf(name, marker.attempt, file),
          content: { file: join(attempt, file) }
        }))
    )
    const isFirst = await this.#store.create(this.#markerOf(name), JSON.stringify(marker))
    const object = await this.#store.expect(this.#markerOf(name))
    // A store whose answer was lost says that something is there: it may be this.
    if (!isFirst && (await this.#read(object)).attempt !== marker.attempt) {
      rmSync(attempt, { recursive: true, force: true })
      await this.#store.remove(files.map((file) => this.#fileOf(name, marker.attempt, file)))
      return "another was first"
    }
    this.#place(part, index, attempt, object.version, marker)
    if (existsSync(join(placesIn(this.folder, part).retries, shardName(index)))) {
      await this.#store.remove([this.#retryOf(name)])
      retried(this.folder, part, index)
    }
    return "done"
  }

  async retry(plan: RunPlan): Promise<number> {
    await this.bringShards(plan)
    const prefix = `${this.#key}answers/`
    for (const { key } of await this.#store.list(prefix)) {
      const [part, name] = this.#parted(plan, dirname(key.slice(prefix.length)))
      makeFolder(join(placesIn(this.folder, part).answers, name))
    }
    const count = retryShards(this.folder, plan)
    for (const part of plan.parts) {
      const { retries } = placesIn(this.folder, part)
      const marked = existsSync(retries) ? readdirSync(retries) : []
      await this.#store.put(
        marked.map((name) => ({
          key: this.#retryOf(shardNameIn(part, Number(name))),
          content: { text: "" }
        }))
      )
    }
    // Later parts first, as here.
    for (const part of plan.parts.toReversed())
      await this.#unmark(
        [...this.#here!.keys()].filter((name) => {
          const [of, shard] = this.#parted(plan, name)
          return of === part && !existsSync(join(placesIn(this.folder, part).shards, shard))
        })
      )
    return count
  }

  async remove(plan: RunPlan, folders: ReadonlyArray<string>): Promise<void> {
    const names = plan.parts.flatMap((part) => {
      const { shards } = placesIn(this.folder, part)
      return folders
        .filter((folder) => dirname(folder) === shards)
        .map((folder) => shardNameIn(part, Number(basename(folder))))
    })
    await this.#unmark(names)
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }

  async bringDataset(plan: RunPlan): Promise<void> {
    // Other processes of this machine bring shards and take them away too.
    this.#here = undefined
    await this.bringShards(plan)
    await inTurn([...this.#here!.keys()], async (name) => {
      const [part, shard] = this.#parted(plan, name)
      const folder = join(placesIn(this.folder, part).shards, shard)
      const note = noteIn(folder)
      if (note === undefined) return
      const streams = new Set(part.outlets.flatMap((_, number) => streamFiles(number)))
      const files = Object.keys(note.files).filter((file) => !streams.has(file))
      for (const file of files) await this.#bringFile(name, folder, note, file)
    })
  }

  async tidy(plan: RunPlan): Promise<void> {
    const prefix = `${this.#key}attempts/`
    const counted = new Set(
      [...this.#here!.keys()].map((name) => {
        const [part, shard] = this.#parted(plan, name)
        return `${name}/${noteIn(join(placesIn(this.folder, part).shards, shard))?.attempt}`
      })
    )
    const attemptOf = (key: string): string =>
      key
        .slice(prefix.length)
        .split("/")
        .slice(0, depthOf(plan) + 1)
        .join("/")
    await this.#store.remove(
      (await this.#store.list(prefix))
        .map(({ key }) => key)
        .filter((key) => !counted.has(attemptOf(key)))
    )
  }

  #markerOf(name: string): string {
    return `${this.#key}shards/${name}`
  }

  #retryOf(name: string): string {
    return `${this.#key}retries/${name}`
  }

  #fileOf(name: string, attempt: string, file: string): string {
    return `${this.#key}attempts/${name}/${attempt}/${file}`
  }

  #answersOf(part: PlannedPart, index: number): Promise<StoredAnswers> {
    return StoredAnswers.open(
      this.#store,
      `${this.#key}answers/${shardNameIn(part, index)}/`,
      join(placesIn(this.folder, part).answers, shardName(index))
    )
  }

  /** The part of a shard, and its name among those of the part. */
  #parted(plan: RunPlan, name: string): readonly [part: PlannedPart, name: string] {
    const at = name.lastIndexOf("/")
    const part = plan.parts.find((each) => each.name === name.slice(0, Math.max(0, at)))
    if (part === undefined || !/^\d{6,}$/.test(name.slice(at + 1)))
      throw new DataError({
        action: "read",
        path: this.#store.addressOf(this.#markerOf(name)),
        detail: "it is of no part of the run. Remove it."
      })
    return [part, name.slice(at + 1)]
  }

  #shardsHere(plan: RunPlan): Map<string, string> {
    const here = new Map<string, string>()
    for (const part of plan.parts) {
      const { shards } = placesIn(this.folder, part)
      for (const shard of existsSync(shards) ? readdirSync(shards) : []) {
        const note = noteIn(join(shards, shard))
        if (note !== undefined) here.set(shardNameIn(part, Number(shard)), note.version)
      }
    }
    return here
  }

  #forget(plan: RunPlan, name: string, version: string): void {
    const [part, shard] = this.#parted(plan, name)
    const folder = join(placesIn(this.folder, part).shards, shard)
    if (noteIn(folder)?.version === version) rmSync(folder, { recursive: true, force: true })
    this.#here!.delete(name)
  }

  async #read(object: StoredObject): Promise<Marker> {
    const text = Buffer.concat(await Array.fromAsync(this.#store.read(object))).toString()
    const marker = markerIn(text)
    if (marker === undefined)
      throw new DataError({
        action: "read",
        path: this.#store.addressOf(object.key),
        detail: "it is damaged. Remove it, and run again: answers are kept."
      })
    return marker
  }

  /** Brings a shard's own words of itself; its files come when they are needed. */
  async #bring(plan: RunPlan, name: string, object: StoredObject): Promise<void> {
    const [part, shard] = this.#parted(plan, name)
    const { attempts, shards } = placesIn(this.folder, part)
    const there = noteIn(join(shards, shard))
    if (there?.version !== object.version) {
      const marker = await this.#read(object)
      const provisional = join(attempts, `${shard}-${writerName()}`)
      makeFolder(provisional)
      for (const [file, text] of Object.entries(marker.texts))
        writeFileSync(join(provisional, file), text)
      if (there !== undefined) rmSync(join(shards, shard), { recursive: true, force: true })
      this.#place(part, Number(shard), provisional, object.version, marker)
    }
    this.#here?.set(name, object.version)
  }

  /** Gives a folder of this machine the name of a shard. */
  #place(part: PlannedPart, index: number, from: string, version: string, marker: Marker): void {
    const { attempt, files } = marker
    const note: Note = { version, attempt, files }
    writeFileSync(join(from, noteFile), JSON.stringify(note))
    committed(from, placesIn(this.folder, part).shards, shardFolder(this.folder, part, index))
    this.#here?.set(shardNameIn(part, index), version)
  }

  async #bringFile(name: string, folder: string, note: Note, file: string): Promise<void> {
    const path = join(folder, file)
    const size = note.files[file]
    if (size === undefined || existsSync(path)) return
    const key = this.#fileOf(name, note.attempt, file)
    mkdirSync(dirname(path), { recursive: true })
    const partial = `${path}.${writerName()}.partial`
    try {
      await piped(
        Readable.from(this.#store.read({ key, size, version: "" })),
        createWriteStream(partial)
      )
      renameSync(partial, path)
    } catch (thrown) {
      rmSync(partial, { force: true })
      throw thrown instanceof DataError ? thrown : DataError.of("write", path, thrown)
    }
  }

  /** Rows of streams that come into a shard. */
  async #bringInputs(plan: RunPlan, part: PlannedPart, index: number): Promise<void> {
    const range = part.whole === undefined ? shardsOf(this.folder, plan, part)?.[index] : undefined
    for (const { part: from, stream } of part.inputs) {
      let before = 0
      for (const { folder, length, number } of inputFiles(this.folder, plan, part, stream) ?? []) {
        const isWanted = range === undefined || (before < range.to && before + length > range.from)
        before += length
        const note = noteIn(folder)
        if (!isWanted || note === undefined) continue
        const name = shardNameIn(plan.parts[from]!, Number(basename(folder)))
        for (const file of streamFiles(number)) await this.#bringFile(name, folder, note, file)
      }
    }
  }

  /** Whether a shard is to ask again for what failed. */
  async #bringRetry(part: PlannedPart, index: number): Promise<void> {
    const isMarked = (await this.#store.find(this.#retryOf(shardNameIn(part, index)))) !== undefined
    const { retries } = placesIn(this.folder, part)
    if (!isMarked) return retried(this.folder, part, index)
    makeFolder(retries)
    writeFileSync(join(retries, shardName(index)), "")
  }

  async #unmark(names: ReadonlyArray<string>): Promise<void> {
    await this.#store.remove(names.map((name) => this.#markerOf(name)))
    for (const name of names) this.#here?.delete(name)
  }
}

/** How many names a shard's own has. */
const depthOf = ({ parts }: RunPlan): number => (parts.length === 1 ? 1 : 2)
