/**
 * The answers of one shard of a run, shared by all attempts at it: segments in a folder of its own,
 * and an index in memory. Attempts may be made on any machine that sees the folder, since nothing
 * here asks for locks, databases or process ids: whatever a killed attempt has written is found,
 * and half a line at the end of a segment was never said to be kept.
 */
import { closeSync, openSync, readSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import { makeFolder } from "../disk/makeFolder.ts"
import { unsealed } from "../disk/sealed.ts"
import type { AnswerLog } from "./AnswerLog.ts"
import { JournalError } from "./JournalError.ts"
import {
  type Indexed,
  indexed,
  indexedOf,
  type LoggedResponse,
  type Spent
} from "./LoggedResponse.ts"
import { noLeases } from "./noLeases.ts"
import type { Candidate } from "./SegmentIndex.ts"
import { type Located, linesFrom, segmentNames } from "./segments.ts"
import { type Durability, SegmentWriter } from "./SegmentWriter.ts"

export class ShardLog implements AnswerLog {
  readonly leases = noLeases
  readonly rebuilds = 0
  readonly damage: Array<Located> = []
  readonly #directory: string
  readonly #writer: SegmentWriter
  readonly #candidates = new Map<string, Array<Candidate>>()
  readonly #spent: Array<Spent> = []
  readonly #open = new Map<string, number>()

  private constructor(directory: string, durability: Durability) {
    this.#directory = directory
    makeFolder(directory)
    for (const segment of segmentNames(directory)) this.#index(segment)
    this.#writer = new SegmentWriter(directory, durability)
  }

  /** Opens the log of a folder, made if it is not there, as long as the scope lives. */
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
    const all = this.#candidates.get(key) ?? []
    return limit < 0 ? [...all] : all.slice(0, limit)
  }

  read(key: string, located: Located): LoggedResponse | undefined {
    const text = this.#read(located)
    const entry = text === undefined ? undefined : (JSON.parse(text) as LoggedResponse)
    if (entry?.key === key) return entry
    this.damage.push(located)
    return undefined
  }

  append(entry: LoggedResponse): Effect.Effect<Located, JournalError> {
    return Effect.callback((resume) =>
      this.#writer.add(JSON.stringify(entry), (result) => {
        if (result instanceof JournalError) {
          resume(Exit.fail(result))
          return
        }
        const located = { segment: result.segment, ...result.place }
        this.#add(indexed(entry, located))
        resume(Exit.succeed(located))
      })
    )
  }

  /** Everything is found at once. */
  indexPending(): boolean {
    return true
  }

  spent(runs: ReadonlyArray<string>): ReadonlyArray<Spent> {
    return this.#spent.filter(({ run }) => runs.includes(run))
  }

  #index(segment: string): void {
    for (const { length, offset, text } of linesFrom(join(this.#directory, segment), 0)) {
      const located = { segment, offset, length }
      const entry = text === undefined ? undefined : indexedOf(text, located)
      if (entry === undefined) this.damage.push(located)
      else this.#add(entry)
    }
  }

  #add({ answer, located, spent }: Indexed): void {
    if (answer !== undefined) {
      const under = this.#candidates.get(answer.key) ?? []
      under.push({ ...located, ...answer.asker })
      this.#candidates.set(answer.key, under)
    }
    if (spent !== undefined) this.#spent.push(spent)
  }

  #read({ length, offset, segment }: Located): string | undefined {
    try {
      const file = this.#open.get(segment) ?? openSync(join(this.#directory, segment), "r")
      this.#open.set(segment, file)
      const bytes = Buffer.allocUnsafe(length)
      const read = readSync(file, bytes, 0, length, offset)
      return read === length ? unsealed(bytes.toString("utf8")) : undefined
    } catch {
      return undefined
    }
  }

  #close(): void {
    this.#writer.close()
    for (const file of this.#open.values()) closeSync(file)
  }
}
