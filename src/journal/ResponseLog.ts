/**
 * The response log: every answer that a model gave, under the hash of what was asked, shared by all pipelines of a cache directory and by all processes
 * that use it at once.
 *
 * The answers are in segments that are only ever appended to; an index says where. An answer counts as kept once its write has returned.
 */
import { closeSync, openSync, readSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { isDamage } from "./derivedTables.ts"
import { JournalError } from "./JournalError.ts"
import { makeFolder } from "../disk/makeFolder.ts"
import { unsealed } from "../disk/sealed.ts"
import { type Located, SegmentIndex } from "./SegmentIndex.ts"
import { isLive, linesFrom, segmentNames, segmentSize } from "./segments.ts"
import { type Durability, SegmentWriter } from "./SegmentWriter.ts"

/** An answer as the log keeps it. */
export interface LoggedResponse {
  /** 32 hexadecimal digits. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The class name in documents: `OpenAILLM`, … */
  readonly llm: string
  readonly model: string
  /** For whom it was asked: the pipeline and its run, the step, the place of the row, and which of several answers it is. */
  readonly pipeline?: string
  readonly run?: string
  readonly step?: string
  readonly row?: string
  readonly sample?: number
  /** The attempt that got it, if it was not the first. */
  readonly attempt?: number
  /** The last message of the question, shortened. */
  readonly asked: string
  readonly output: unknown
}

/** A part of a segment that cannot be read. */
export interface Damage {
  readonly segment: string
  readonly offset: number
  readonly bytes: number
}

/** So many entries wait to be indexed, or so long. */
const mostPending = 2000
const pendingMs = 500

/** Segments that are open to be read. */
const mostOpen = 64

export class ResponseLog {
  readonly #directory: string
  #index: SegmentIndex
  /** Whether the index was made again because an entry was not where it said. */
  #rebuilt = false
  readonly #writer: SegmentWriter
  /** Entries of this process that the index does not have yet. */
  #pending = new Map<string, Located>()
  readonly #reach = new Map<string, number>()
  readonly #damage: Array<Damage> = []
  readonly #open = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  private constructor(directory: string, durability: Durability) {
    this.#directory = directory
    makeFolder(directory)
    this.#index = SegmentIndex.open(directory)
    this.#writer = new SegmentWriter(directory, durability)
    try {
      this.#healing(() => this.#catchUp())
    } catch (thrown) {
      this.#index.close()
      throw thrown
    }
    this.#timer = setInterval(() => this.#indexPending(), pendingMs)
    this.#timer.unref()
  }

  /** Opens the log of a folder, made if it is not there, as long as the scope lives. */
  static open(directory: string, { durability = "process" }: { readonly durability?: Durability } = {}): Effect.Effect<ResponseLog, JournalError, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.try({ try: () => new ResponseLog(directory, durability), catch: (thrown) => JournalError.of("open", directory, thrown) }),
      (log) => Effect.sync(() => log.#close())
    )
  }

  /** The latest answer under a key; undefined if there is none, or it is damaged. */
  find(key: string): LoggedResponse | undefined {
    const located = this.#pending.get(key) ?? this.#located(key)
    if (located === undefined) return undefined
    const text = this.#read(located)
    const entry = text === undefined ? undefined : JSON.parse(text) as LoggedResponse
    if (entry?.key === key) return entry
    if (!this.#rebuilt) {
      // The segment was damaged after it was indexed, or is another one by now: what is left of all of them counts.
      this.#rebuilt = true
      this.#rebuild()
      return this.find(key)
    }
    this.#damage.push({ segment: located.segment, offset: located.offset, bytes: located.length })
    return undefined
  }

  /** Keeps an answer; done once it is written. */
  append(entry: LoggedResponse): Effect.Effect<void, JournalError> {
    return Effect.callback((resume) =>
      this.#writer.add(JSON.stringify(entry), (result) => {
        if (result instanceof JournalError) {
          resume(Exit.fail(result))
          return
        }
        this.#pending.set(entry.key, { segment: result.segment, ...result.place })
        this.#reach.set(result.segment, result.place.offset + result.place.length + 1)
        if (this.#pending.size >= mostPending) this.#indexPending()
        resume(Exit.void)
      })
    )
  }

  /** What was found damaged since the log was opened. */
  get damage(): ReadonlyArray<Damage> {
    return this.#damage
  }

  #located(key: string): Located | undefined {
    try {
      return this.#healing(() => this.#index.find(key))
    } catch {
      // Without an index an answer is asked for again, and nothing is lost.
      return undefined
    }
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
    this.#index = this.#index.replaced()
    this.#damage.length = 0
    for (const file of this.#open.values()) closeSync(file)
    this.#open.clear()
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
    let entries: Array<readonly [string, Located]> = []
    let reach = from
    const add = (): void => {
      this.#index.add(entries, [[segment, reach]])
      entries = []
    }
    for (const { length, offset, text } of linesFrom(join(this.#directory, segment), from)) {
      reach = offset + length + 1
      const key = text === undefined ? undefined : keyIn(text)
      if (key === undefined) this.#damage.push({ segment, offset, bytes: length })
      else entries.push([key, { segment, offset, length }])
      if (entries.length >= 10_000) add()
    }
    const torn = segmentSize(this.#directory, segment) - reach
    if (torn > 0 && !isLive(segment)) {
      // Half a line, whose writer is gone: it was never said to be kept.
      this.#damage.push({ segment, offset: reach, bytes: torn })
      reach += torn
    }
    add()
  }

  #indexPending(): void {
    if (this.#pending.size === 0) return
    try {
      if (!this.#index.isCurrent) this.#rebuild()
      this.#healing(() => this.#index.add(this.#pending, this.#reach))
      this.#pending = new Map()
    } catch {
      // They stay in memory; the next run finds them in the segments.
    }
  }

  #read({ length, offset, segment }: Located): string | undefined {
    try {
      const bytes = Buffer.allocUnsafe(length)
      const read = readSync(this.#fileOf(segment), bytes, 0, length, offset)
      return read === length ? unsealed(bytes.toString("utf8")) : undefined
    } catch {
      return undefined
    }
  }

  #fileOf(segment: string): number {
    const known = this.#open.get(segment)
    if (known !== undefined) return known
    if (this.#open.size >= mostOpen) {
      const [[oldest, file]] = this.#open as unknown as [[string, number]]
      closeSync(file)
      this.#open.delete(oldest)
    }
    const file = openSync(join(this.#directory, segment), "r")
    this.#open.set(segment, file)
    return file
  }

  #close(): void {
    clearInterval(this.#timer)
    this.#writer.close()
    this.#indexPending()
    for (const file of this.#open.values()) closeSync(file)
    this.#index.close()
  }
}

/** The key in an entry's JSON, where it always comes first. */
const keyIn = (text: string): string | undefined => /^\{"key":"([0-9a-f]{32})"/.exec(text)?.[1]
