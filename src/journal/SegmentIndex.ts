/**
 * The index of a log: where the answers under a key are, for whom each was requested, and what each
 * run has spent. It is derived from the segments, and made again from them if it is lost or
 * damaged.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync, StatementSync } from "node:sqlite"
import {
  addToSum,
  closeDerived,
  DamagedDatabase,
  derivedDamage,
  fileOf,
  openDerived,
  sumAnew,
  sumOfRow,
  sumStatements,
  type SummedTables
} from "./derivedTables.ts"
import type { AskerHashes, Indexed, Spent } from "./LoggedResponse.ts"
import type { Located } from "./segments.ts"

/** An answer under a key, and who asked for it, as hashes of 48 bits. */
export interface Candidate extends Located, AskerHashes {}

const version = 5
const summed: SummedTables = {
  entries: ["key", "segment", "offset", "length", "step", "place", "content"],
  segments: ["number", "indexed"]
}

export class SegmentIndex {
  readonly #directory: string
  readonly #generation: number
  readonly #database: DatabaseSync
  readonly #has: StatementSync
  readonly #get: StatementSync
  readonly #put: StatementSync
  /** Numbers of segments and back, as far as they are known here. */
  readonly #numbers = new Map<string, number>()
  readonly #names = new Map<number, string>()
  /** Whether a transaction is open for all that is looked for in this turn of the event loop. */
  #looks = false

  private constructor(directory: string, database: DatabaseSync, generation: number) {
    this.#directory = directory
    this.#generation = generation
    this.#database = database
    prepare(database)
    this.#has = database.prepare("SELECT 1 FROM entries WHERE key = ?")
    this.#has.setReturnArrays(true)
    this.#get = database.prepare(
      "SELECT segment, offset, length, step, place, content FROM entries WHERE key = ? LIMIT ?"
    )
    // Objects for each row take twice as long.
    this.#get.setReturnArrays(true)
    this.#put = database.prepare(
      "INSERT OR IGNORE INTO entries (key, segment, offset, length, step, place, content) VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
  }

  /** Opens the index of a folder; one that is damaged gives way to an empty one. */
  static open(directory: string, least = 0): SegmentIndex {
    return openDerived(
      directory,
      summed,
      (database, generation) => new SegmentIndex(directory, database, generation),
      least
    )
  }

  /** What is wrong with the index of a folder; undefined if it is sound. */
  static damage(directory: string): { readonly file: string; readonly detail: string } | undefined {
    return derivedDamage(directory, summed)
  }

  /**
   * The index that takes the place of this one, which does not hold what it should: that of another
   * process that noticed it too, else an empty one.
   */
  replaced(): SegmentIndex {
    const next = SegmentIndex.open(this.#directory, this.#generation + 1)
    this.#looks = false
    this.#database.close()
    return next
  }

  /** Whether other processes use this index too: not so once one of them has begun another. */
  get isCurrent(): boolean {
    return existsSync(join(this.#directory, fileOf(this.#generation)))
  }

  /** The answers under a key, oldest first, at most `limit` of them. */
  find(key: string, limit: number): ReadonlyArray<Candidate> {
    this.#look()
    const number = integer(key)
    // Most questions are new, and to find one row takes a quarter of the time of looking for all.
    if (this.#has.get(number) === undefined) return []
    return (this.#get.all(number, limit) as unknown as ReadonlyArray<EntryRow>).map(
      ([segment, offset, length, step, place, content]) => ({
        segment: this.#nameOf(segment),
        offset,
        length,
        step,
        place,
        content
      })
    )
  }

  /** SQLite locks its files for each transaction, which takes ten times as long as to look. */
  #look(): void {
    if (this.#looks) return
    this.#database.exec("BEGIN")
    this.#looks = true
    queueMicrotask(() => this.#looked())
  }

  #looked(): void {
    if (!this.#looks) return
    this.#looks = false
    // SQLite may have ended it itself; nothing was written.
    if (this.#database.isTransaction) this.#database.exec("COMMIT")
  }

  /** What the requests of runs have cost, by step. */
  spent(runs: ReadonlyArray<string>): ReadonlyArray<Spent> {
    const get = this.#database.prepare(
      "SELECT run, step, requests, input, output, cost, unpriced FROM spent WHERE run = ?"
    )
    return runs.flatMap((run) => get.all(run) as unknown as ReadonlyArray<Spent>)
  }

  /** How far a segment is indexed, in bytes. */
  indexed(segment: string): number {
    const row = this.#database
      .prepare("SELECT indexed FROM segments WHERE name = ?")
      .get(segment) as { readonly indexed: number } | undefined
    return row?.indexed ?? 0
  }

  /** Notes where a segment ends in half a line whose writer is gone; false if that is known. */
  noteTorn(segment: string, offset: number): boolean {
    this.#looked()
    return (
      this.#database
        .prepare("UPDATE segments SET torn = ? WHERE name = ? AND torn <> ?")
        .run(offset, segment, offset).changes > 0
    )
  }

  /** Adds entries in the order of their segments, and how far the segments are indexed with them. */
  add(
    entries: ReadonlyArray<Indexed>,
    indexed: Iterable<readonly [segment: string, bytes: number]>
  ): void {
    this.#looked()
    this.#database.exec("BEGIN IMMEDIATE")
    try {
      const before = this.#reach(indexed)
      // Another process may have indexed some of them: what was spent counts once.
      const fresh = entries.filter(
        ({ located: { offset, segment } }) => offset >= (before.get(segment) ?? 0)
      )
      let rows = 0
      let sum = 0
      for (const {
        answer,
        located: { length, offset, segment }
      } of fresh) {
        if (answer === undefined) continue
        const {
          asker: { content, place, step },
          key
        } = answer
        const number = this.#numberOf(segment)
        if (this.#put.run(integer(key), number, offset, length, step, place, content).changes === 0)
          continue
        rows++
        sum += sumOfRow([halves(key), number, offset, length, step, place, content])
      }
      addToSum(this.#database, "entries", rows, sum)
      this.#spend(fresh)
      this.#database.exec("COMMIT")
    } catch (thrown) {
      // SQLite may have ended it itself.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK")
      throw thrown
    }
  }

  /** Notes how far segments are indexed; gives how far they were. */
  #reach(
    indexed: Iterable<readonly [segment: string, bytes: number]>
  ): ReadonlyMap<string, number> {
    const before = new Map<string, number>()
    const put = this.#database.prepare(
      "INSERT INTO segments (name, indexed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET indexed = excluded.indexed"
    )
    for (const [segment, bytes] of indexed) {
      const known = this.#database
        .prepare("SELECT number, indexed FROM segments WHERE name = ?")
        .get(segment) as SegmentRow | undefined
      before.set(segment, known?.indexed ?? 0)
      if (bytes <= (known?.indexed ?? -1)) continue
      put.run(segment, bytes)
      const row = [this.#numberOf(segment), bytes]
      addToSum(
        this.#database,
        "segments",
        known === undefined ? 1 : 0,
        sumOfRow(row) - (known === undefined ? 0 : sumOfRow([known.number, known.indexed]))
      )
    }
    return before
  }

  #spend(entries: ReadonlyArray<Indexed>): void {
    const sums = new Map<string, Spent>()
    for (const { spent } of entries) {
      if (spent === undefined) continue
      const name = `${spent.run} ${spent.step}`
      const sum = sums.get(name)
      sums.set(
        name,
        sum === undefined
          ? spent
          : {
              ...spent,
              requests: sum.requests + spent.requests,
              input: sum.input + spent.input,
              output: sum.output + spent.output,
              cost: sum.cost + spent.cost,
              unpriced: sum.unpriced + spent.unpriced
            }
      )
    }
    const add = this.#database
      .prepare(`INSERT INTO spent (run, step, requests, input, output, cost, unpriced) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, step) DO UPDATE SET
      requests = requests + excluded.requests, input = input + excluded.input, output = output + excluded.output, cost = cost + excluded.cost, unpriced = unpriced + excluded.unpriced`)
    for (const { cost, input, output, requests, run, step, unpriced } of sums.values())
      add.run(run, step, requests, input, output, cost, unpriced)
  }

  /** Forgets segments that are gone. */
  forget(segments: ReadonlyArray<string>): void {
    this.#looked()
    this.#database.exec("BEGIN IMMEDIATE")
    for (const segment of segments) {
      this.#database
        .prepare("DELETE FROM entries WHERE segment = (SELECT number FROM segments WHERE name = ?)")
        .run(segment)
      this.#database.prepare("DELETE FROM segments WHERE name = ?").run(segment)
    }
    for (const [table, columns] of Object.entries(summed)) sumAnew(this.#database, table, columns)
    this.#database.exec("COMMIT")
  }

  /** Segments that the index knows. */
  get segments(): ReadonlyArray<string> {
    return this.#database
      .prepare("SELECT name FROM segments")
      .all()
      .map(({ name }) => String(name))
  }

  close(): void {
    this.#looks = false
    closeDerived(this.#directory, this.#generation, this.#database)
  }

  #nameOf(number: number): string {
    const known = this.#names.get(number)
    if (known !== undefined) return known
    const row = this.#database.prepare("SELECT name FROM segments WHERE number = ?").get(number) as
      | { readonly name: string }
      | undefined
    if (row === undefined) throw new DamagedDatabase(`segment ${number} has no name`)
    this.#names.set(number, row.name)
    return row.name
  }

  #numberOf(segment: string): number {
    const known = this.#numbers.get(segment)
    if (known !== undefined) return known
    const row = this.#database
      .prepare("SELECT number FROM segments WHERE name = ?")
      .get(segment) as { readonly number: number }
    this.#numbers.set(segment, row.number)
    return row.number
  }
}

const prepare = (database: DatabaseSync): void => {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384")
  if (versionOf(database) === version) return
  database.exec("BEGIN IMMEDIATE")
  // Another process may have made the tables meanwhile.
  if (versionOf(database) !== version) database.exec(tables)
  database.exec("COMMIT")
}

const versionOf = (database: DatabaseSync): unknown =>
  database.prepare("PRAGMA user_version").get()?.["user_version"]

// Entries of one key lie together: what a key has is one look.
const tables = `DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS segments; DROP TABLE IF EXISTS spent;
  CREATE TABLE entries (key INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
    step INTEGER NOT NULL, place INTEGER NOT NULL, content INTEGER NOT NULL, PRIMARY KEY (key, segment, offset)) WITHOUT ROWID;
  CREATE TABLE segments (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, indexed INTEGER NOT NULL, torn INTEGER NOT NULL DEFAULT -1);
  CREATE TABLE spent (run TEXT NOT NULL, step TEXT NOT NULL, requests INTEGER NOT NULL, input REAL NOT NULL, output REAL NOT NULL, cost REAL NOT NULL,
    unpriced INTEGER NOT NULL, PRIMARY KEY (run, step)) WITHOUT ROWID;
  ${sumStatements(summed)};
  PRAGMA user_version = ${version}`

type EntryRow = readonly [
  segment: number,
  offset: number,
  length: number,
  step: number,
  place: number,
  content: number
]

interface SegmentRow {
  readonly number: number
  readonly indexed: number
}

/** The two halves of those bits, the first with its sign. */
const halves = (key: string): readonly [high: number, low: number] => [
  Number.parseInt(key.slice(0, 8), 16) | 0,
  Number.parseInt(key.slice(8, 16), 16)
]

/** 64 bits of a key; all of it stands in the entry itself. */
const integer = (key: string): bigint => BigInt.asIntN(64, BigInt(`0x${key.slice(0, 16)}`))
