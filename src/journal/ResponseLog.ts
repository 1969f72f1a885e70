/**
 * The response log: every answer that a model gave, under the hash of what was asked, shared by all
 * pipelines of a cache directory and by all processes that use it at once. One question may have
 * many answers, each with the row that asked for it.
 *
 * The answers are in segments that are only ever appended to; an index says where. An answer counts
 * as kept once its write has returned.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { makeFolder } from "../disk/makeFolder.ts"
import { appended } from "./appended.ts"
import { isDamage } from "./derivedTables.ts"
import { JournalError } from "./JournalError.ts"
import { Leases } from "./Leases.ts"
import {
  type AskerHashes,
  type Indexed,
  indexedOf,
  type LoggedResponse,
  type Spent
} from "./LoggedResponse.ts"
import { type Candidate, SegmentIndex } from "./SegmentIndex.ts"
import { SegmentReader } from "./SegmentReader.ts"
import { linesFrom, type Located, segmentNames, segmentSize } from "./segments.ts"
import { type Durability, SegmentWriter } from "./SegmentWriter.ts"
import { isWriterLive } from "./writers.ts"

/** A part of a segment that cannot be read. */
export interface Damage {
  readonly segment: string
  readonly offset: number
  readonly bytes: number
}

/** So many entries wait to be indexed, or so long. */
const mostPending = 10_000
const pendingMs = 500

export class ResponseLog {
  readonly #directory: string
  #index: SegmentIndex
  /** Whether the index was made again because an entry was not where it said. */
  #rebuilt = false
  /** How often the index was made again: places that were found before may be others now. */
  rebuilds = 0
  readonly #writer: SegmentWriter
  /** What is asked at this moment, here and by other processes. */
  readonly leases: Leases
  /** Entries of this process that the index does not have yet. */
  #pending: Array<Indexed> = []
  readonly #reach = new Map<string, number>()
  readonly #damage: Array<Damage> = []
  readonly #segments: SegmentReader
  readonly #timer: NodeJS.Timeout

  private constructor(directory: string, durability: Durability) {
    this.#directory = directory
    makeFolder(directory)
    this.#index = SegmentIndex.open(directory)
    this.#writer = new SegmentWriter(directory, durability)
    this.#segments = new SegmentReader(directory)
    try {
      this.#healing(() => this.#catchUp())
    } catch (thrown) {
      this.#index.close()
      throw thrown
    }
    this.leases = new Leases(directory, () => this.indexPending())
    this.#timer = setInterval(() => this.indexPending(), pendingMs)
    this.#timer.unref()
  }

  /** Opens the log of a folder, made if it is not there, as long as the scope lives. */
  static open(
    directory: string,
    { durability = "process" }: { readonly durability?: Durability } = {}
  ): Effect.Effect<ResponseLog, JournalError, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.try({
        try: () => new ResponseLog(directory, durability),
        catch: (thrown) => JournalError.of("open", directory, thrown)
      }),
      (log) => Effect.sync(() => log.#close())
    )
  }

  /**
   * The answers under a key, oldest first, at most `limit` of them; those of the last moments may
   * not be among them.
   */
  candidates(key: string, limit: number): ReadonlyArray<Candidate> {
    try {
      return this.#healing(() => this.#index.find(key, limit))
    } catch {
      // Without an index an answer is asked for again, and nothing is lost.
      return []
    }
  }

  /** The answer at a place under its key; undefined if it is damaged or gone. */
  read(key: string, located: Located): LoggedResponse | undefined {
    const entry = this.#segments.read(key, located)
    if (entry !== undefined) return entry
    if (!this.#rebuilt) {
      // The segment was damaged after it was indexed, or is another one by now: what is left of all of them counts.
      this.#rebuilt = true
      this.#rebuild()
    } else
      this.#damage.push({ segment: located.segment, offset: located.offset, bytes: located.length })
    return undefined
  }

  /** Keeps an answer, or what was spent on none; done once it is written. */
  append(entry: LoggedResponse, asker?: AskerHashes): Effect.Effect<Located, JournalError> {
    return Effect.map(appended(this.#writer, entry, asker), (added) => {
      const { length, offset, segment } = added.located
      this.#pending.push(added)
      this.#reach.set(segment, offset + length + 1)
      if (this.#pending.length >= mostPending) this.indexPending()
      return added.located
    })
  }

  /** What the requests of runs have cost so far, by step. */
  spent(runs: ReadonlyArray<string>): ReadonlyArray<Spent> {
    this.indexPending()
    return this.#healing(() => this.#index.spent(runs))
  }

  /** What was found damaged since the log was opened. */
  get damage(): ReadonlyArray<Damage> {
    return this.#damage
  }

  /** Uses the index; one that turns out to be damaged is made again from the segments first. */
  #healing<A>(use: () => A): A {
    try {
      return use()
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      this.#rebuild()
      return use()
    }
  }

  #rebuild(): void {
    this.rebuilds++
    this.#index = this.#index.replaced()
    this.#damage.length = 0
    this.#segments.close()
    this.#catchUp()
  }

  /** Indexes what processes have written that did not come to it themselves. */
  #catchUp(): void {
    for (const segment of segmentNames(this.#directory)) {
      const indexed = this.#index.indexed(segment)
      if (segmentSize(this.#directory, segment) > indexed) this.#indexFrom(segment, indexed)
    }
  }

  #indexFrom(segment: string, from: number): void {
    let entries: Array<Indexed> = []
    let reach = from
    const add = (): void => {
      this.#index.add(entries, [[segment, reach]])
      entries = []
    }
    for (const { length, offset, text } of linesFrom(join(this.#directory, segment), from)) {
      reach = offset + length + 1
      const entry = text === undefined ? undefined : indexedOf(text, { segment, offset, length })
      if (entry === undefined) this.#damage.push({ segment, offset, bytes: length })
      else entries.push(entry)
      if (entries.length >= 10_000) add()
    }
    add()
    const torn = segmentSize(this.#directory, segment) - reach
    // Half a line: it was never said to be kept. Should its writer be there after all, the rest is read when it has come.
    if (
      torn > 0 &&
      !isWriterLive(join(this.#directory, segment)) &&
      this.#index.noteTorn(segment, reach)
    ) {
      this.#damage.push({ segment, offset: reach, bytes: torn })
    }
  }

  /** Brings the index up to what this process has written; false if it cannot be written now. */
  indexPending(): boolean {
    if (this.#pending.length === 0) return true
    try {
      if (!this.#index.isCurrent) this.#rebuild()
      this.#healing(() => this.#index.add(this.#pending, this.#reach))
    } catch {
      // They stay in memory; the next run finds them in the segments.
      return false
    }
    this.#pending = []
    return true
  }

  #close(): void {
    clearInterval(this.#timer)
    this.#writer.close()
    this.indexPending()
    // Last: what was answered here is in the index before its leases are gone.
    this.leases.close()
    this.#segments.close()
    this.#index.close()
  }
}
