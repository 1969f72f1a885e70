/**
 * The answers of one shard of a run, shared by all attempts at it: segments in a folder of its own,
 * and an index in memory. Attempts may be made on any machine that sees the folder, since nothing
 * here asks for locks, databases or process ids: whatever a killed attempt has written is found,
 * and half a line at the end of a segment was never said to be kept.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { makeFolder } from "../disk/makeFolder.ts"
import type { AnswerLog } from "./AnswerLog.ts"
import { appended } from "./appended.ts"
import { JournalError } from "./JournalError.ts"
import { type AskerHashes, indexedOf, type LoggedResponse, type Spent } from "./LoggedResponse.ts"
import { MemoryIndex } from "./MemoryIndex.ts"
import { noLeases } from "./noLeases.ts"
import type { Candidate } from "./SegmentIndex.ts"
import { SegmentReader } from "./SegmentReader.ts"
import { type Located, linesFrom, segmentNames } from "./segments.ts"
import { type Durability, SegmentWriter } from "./SegmentWriter.ts"

export class ShardLog implements AnswerLog {
  readonly leases = noLeases
  readonly rebuilds = 0
  readonly damage: Array<Located> = []
  readonly #directory: string
  readonly #writer: SegmentWriter
  readonly #index = new MemoryIndex()
  readonly #segments: SegmentReader
  /** Whether its folder is known to be there: many shards have no answers at all. */
  #isThere = false

  private constructor(directory: string, durability: Durability) {
    this.#directory = directory
    this.#segments = new SegmentReader(directory)
    for (const segment of segmentNames(directory)) this.#take(segment)
    this.#writer = new SegmentWriter(directory, durability)
  }

  /** Opens the log of a folder, which is made for the first answer, as long as the scope lives. */
  static open(
    directory: string,
    { durability = "process" }: { readonly durability?: Durability } = {}
  ): Effect.Effect<ShardLog, JournalError, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.try({
        try: () => new ShardLog(directory, durability),
        catch: (thrown) => JournalError.of("open", directory, thrown)
      }),
      (log) => Effect.sync(() => log.#close())
    )
  }

  candidates(key: string, limit: number): ReadonlyArray<Candidate> {
    return this.#index.find(key, limit)
  }

  read(key: string, located: Located): LoggedResponse | undefined {
    const entry = this.#segments.read(key, located)
    if (entry === undefined) this.damage.push(located)
    return entry
  }

  append(entry: LoggedResponse, asker?: AskerHashes): Effect.Effect<Located, JournalError> {
    if (!this.#isThere) {
      try {
        makeFolder(this.#directory)
      } catch (thrown) {
        return Effect.fail(JournalError.of("write", this.#directory, thrown))
      }
      this.#isThere = true
    }
    return Effect.map(appended(this.#writer, entry, asker), (added) => {
      this.#index.add(added)
      return added.located
    })
  }

  /** Everything is found at once. */
  indexPending(): boolean {
    return true
  }

  /** Whatever attempt has spent it: the log is that of a shard of one run. */
  spent(): ReadonlyArray<Spent> {
    return this.#index.spent()
  }

  #take(segment: string): void {
    for (const { length, offset, text } of linesFrom(join(this.#directory, segment), 0)) {
      const located = { segment, offset, length }
      const entry = text === undefined ? undefined : indexedOf(text, located)
      if (entry === undefined) this.damage.push(located)
      else this.#index.add(entry)
    }
  }

  #close(): void {
    this.#writer.close()
    this.#segments.close()
  }
}
