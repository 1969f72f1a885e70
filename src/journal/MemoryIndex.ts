/** An index of answers in memory: where they are, and what they cost. */
import type { Indexed, Spent } from "./LoggedResponse.ts"
import type { Candidate } from "./SegmentIndex.ts"

export class MemoryIndex {
  readonly #candidates = new Map<string, Array<Candidate>>()
  readonly #spent: Array<Spent> = []

  add({ answer, located, spent }: Indexed): void {
    if (answer !== undefined) {
      const under = this.#candidates.get(answer.key) ?? []
      under.push({ ...located, ...answer.asker })
      this.#candidates.set(answer.key, under)
    }
    if (spent !== undefined) this.#spent.push(spent)
  }

  /** The answers under a key, oldest first, at most `limit` of them, or all below 0. */
  find(key: string, limit: number): ReadonlyArray<Candidate> {
    const all = this.#candidates.get(key) ?? []
    return limit < 0 ? [...all] : all.slice(0, limit)
  }

  /** What runs have spent; without their names, what all have. */
  spent(runs?: ReadonlyArray<string>): ReadonlyArray<Spent> {
    return runs === undefined ? this.#spent : this.#spent.filter(({ run }) => runs.includes(run))
  }
}
