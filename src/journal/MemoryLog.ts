/** A log of answers in memory: runs of one program share it, and it ends with the program. */
import * as Effect from "effect/Effect"
import type { AnswerLog } from "./AnswerLog.ts"
import { type AskerHashes, indexed, type LoggedResponse, type Spent } from "./LoggedResponse.ts"
import { MemoryIndex } from "./MemoryIndex.ts"
import { noLeases } from "./noLeases.ts"
import type { Candidate } from "./SegmentIndex.ts"
import type { Located } from "./segments.ts"

/** Places lie as far apart as lines of a segment do at least. */
const placeLength = 64

export class MemoryLog implements AnswerLog {
  readonly leases = noLeases
  readonly rebuilds = 0
  readonly damage = []
  readonly #entries: Array<LoggedResponse> = []
  readonly #index = new MemoryIndex()

  candidates(key: string, limit: number): ReadonlyArray<Candidate> {
    return this.#index.find(key, limit)
  }

  read(key: string, { offset }: Located): LoggedResponse | undefined {
    const entry = this.#entries[offset / placeLength]
    return entry?.key === key ? entry : undefined
  }

  append(entry: LoggedResponse, asker?: AskerHashes): Effect.Effect<Located> {
    return Effect.sync(() => {
      const located = {
        segment: "memory",
        offset: this.#entries.length * placeLength,
        length: placeLength
      }
      // As files would give it back: nobody can change it any more.
      this.#entries.push(structuredClone(entry))
      this.#index.add(indexed(entry, located, asker))
      return located
    })
  }

  /** Everything is found at once. */
  indexPending(): boolean {
    return true
  }

  spent(runs: ReadonlyArray<string>): ReadonlyArray<Spent> {
    return this.#index.spent(runs)
  }
}
