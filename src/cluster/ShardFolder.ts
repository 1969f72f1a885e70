/**
 * The shards of a run as its folder shows them: which are done, with what their steps have counted.
 * The folder is the truth; a queue only says who works on what.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { readFigures, type ShardFigures, Sums } from "./figures.ts"
import { placesIn, type RunPlan } from "./RunPlan.ts"

export class ShardFolder {
  readonly #shards: string
  readonly #plan: RunPlan
  readonly #done: Uint8Array
  readonly #onDone: (index: number, figures: ShardFigures | undefined) => void
  #count = 0
  #rows = 0
  /** All shards before it are done. */
  #first = 0
  /** What the steps of shards that are done have counted. */
  readonly sums = new Sums()

  constructor(
    folder: string,
    plan: RunPlan,
    onDone: (index: number, figures: ShardFigures | undefined) => void
  ) {
    this.#shards = placesIn(folder).shards
    this.#plan = plan
    this.#onDone = onDone
    this.#done = new Uint8Array(plan.shards.length)
  }

  /** How many shards are done. */
  get count(): number {
    return this.#count
  }

  /** Source rows in them. */
  get rows(): number {
    return this.#rows
  }

  isDone(index: number): boolean {
    return this.#done[index] === 1
  }

  /** Looks which shards have come. */
  look(): void {
    let names: ReadonlyArray<string>
    try {
      names = readdirSync(this.#shards)
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return
      throw thrown
    }
    for (const name of names) {
      const index = /^\d{6,}$/.test(name) ? Number(name) : NaN
      if (this.#done[index] !== 0) continue
      this.#done[index] = 1
      this.#count++
      const { from, to } = this.#plan.shards[index]!
      this.#rows += to - from
      const figures = readFigures(join(this.#shards, name))
      if (figures !== undefined) this.sums.add(figures)
      this.#onDone(index, figures)
    }
    while (this.isDone(this.#first)) this.#first++
  }

  /** The first shards of those before `until` that are not done, and not left out, at most so many. */
  missing(most: number, until: number, leftOut: (index: number) => boolean): ReadonlyArray<number> {
    const found: Array<number> = []
    for (let index = this.#first; index < until && found.length < most; index++)
      if (!this.isDone(index) && !leftOut(index)) found.push(index)
    return found
  }
}
