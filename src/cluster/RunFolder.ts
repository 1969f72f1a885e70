/**
 * A run as its folder shows it: which shards of which parts are done, with what their steps have
 * counted, and which may be worked on now. The folder is the truth; a queue only says who works on
 * what.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { readFigures, Sums } from "./figures.ts"
import { Lanes } from "./Lanes.ts"
import { isReady, shardsOf } from "./partShards.ts"
import {
  placesIn,
  type PlannedPart,
  type PlannedShard,
  type RunPlan,
  shardNameIn
} from "./RunPlan.ts"

/** A shard of a part. */
export interface OneShard extends Omit<PlannedShard, "hash"> {
  /** The number of its part. */
  readonly part: number
  readonly index: number
  readonly name: string
}

interface Part {
  readonly part: PlannedPart
  readonly shards: ReadonlyArray<PlannedShard>
  readonly done: Uint8Array
  count: number
  /** All shards before it are done. */
  first: number
  /** Whether the parts before it are done. */
  isReady: boolean
}

export class RunFolder {
  readonly #folder: string
  readonly #plan: RunPlan
  /** Parts of which it is known how many shards they have. */
  readonly #parts: Array<Part | undefined>
  readonly #onDone: (name: string) => void
  #rows = 0
  /** What the steps of shards that are done have counted. */
  readonly sums = new Sums()
  /** Who worked on them, and when. */
  readonly lanes = new Lanes()
  #sourceRows = 0

  constructor(folder: string, plan: RunPlan, onDone: (name: string) => void) {
    this.#folder = folder
    this.#plan = plan
    this.#onDone = onDone
    this.#parts = plan.parts.map(() => undefined)
  }

  /** How many shards there are, as far as is known, and how many of them are done. */
  get shards(): { readonly all: number; readonly done: number } {
    const known = this.#parts.filter((part) => part !== undefined)
    return {
      all: known.reduce((sum, { shards }) => sum + shards.length, 0),
      done: known.reduce((sum, { count }) => sum + count, 0)
    }
  }

  /** Rows of parts that are cut into shards: how many there are, and how many of them are done. */
  get rows(): { readonly all: number; readonly done: number } {
    const known = this.#parts.filter((part) => part !== undefined)
    return {
      all: known.reduce((sum, { shards }) => sum + (shards.at(-1)?.to ?? 0), 0),
      done: this.#rows
    }
  }

  /** Rows of sources that are cut into shards, of shards that are done. */
  get sourceRows(): number {
    return this.#sourceRows
  }

  /** Whether a shard is of a part that reads a source. */
  readsSource(name: string): boolean {
    return this.#partOf(name)?.part.source !== undefined
  }

  get isDone(): boolean {
    return this.#parts.every((part) => part !== undefined && part.count === part.shards.length)
  }

  /** Whether a shard is there. */
  has(name: string): boolean {
    return this.#partOf(name)?.done[Number(name.split("/").at(-1))] === 1
  }

  #partOf(name: string): Part | undefined {
    const part = name.includes("/") ? name.split("/")[0]! : ""
    return this.#parts.find((each) => each?.part.name === part)
  }

  /** Looks which shards have come. */
  look(): void {
    this.#plan.parts.forEach((part, number) => {
      const known = (this.#parts[number] ??= this.#known(part))
      if (known === undefined) return
      known.isReady ||= isReady(this.#folder, this.#plan, part)
      this.#lookAt(known)
    })
  }

  #known(part: PlannedPart): Part | undefined {
    const shards = shardsOf(this.#folder, this.#plan, part)
    if (shards === undefined) return undefined
    const done = new Uint8Array(shards.length)
    return { part, shards, done, count: 0, first: 0, isReady: false }
  }

  #lookAt(known: Part): void {
    if (known.count === known.shards.length) return
    const { done, part, shards } = known
    const folder = placesIn(this.#folder, part).shards
    for (const name of namesIn(folder)) {
      const index = /^\d{6,}$/.test(name) ? Number(name) : NaN
      if (done[index] !== 0) continue
      done[index] = 1
      known.count++
      const { from, to } = shards[index]!
      this.#rows += to - from
      const figures = readFigures(join(folder, name))
      const shard = shardNameIn(part, index)
      if (figures !== undefined) {
        this.sums.add(figures)
        this.lanes.add(shard, figures)
      }
      if (part.source !== undefined) this.#sourceRows += to - from
      this.#onDone(shard)
    }
    while (done[known.first] === 1) known.first++
  }

  /**
   * The first shards that may be worked on, are not done and not left out, at most so many. None
   * goes beyond `mostRows` rows of a source.
   */
  missing(
    most: number,
    mostRows: number,
    leftOut: (name: string) => boolean
  ): ReadonlyArray<OneShard> {
    const found: Array<OneShard> = []
    for (const [number, known] of this.#parts.entries()) {
      if (known === undefined || !known.isReady) continue
      const { done, part, shards } = known
      for (let index = known.first; index < shards.length && found.length < most; index++) {
        const { from, to } = shards[index]!
        if (done[index] === 1 || (part.source !== undefined && to > mostRows)) continue
        const name = shardNameIn(part, index)
        if (!leftOut(name)) found.push({ part: number, index, name, from, to })
      }
    }
    return found
  }
}

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return []
    throw thrown
  }
}
