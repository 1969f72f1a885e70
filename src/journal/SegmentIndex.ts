/** The index of a log: in which segment, and where in it, the latest entry under a key is. Derived from the segments, and made again from them if it is lost or damaged. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync, StatementSync } from "node:sqlite"
import { DamagedDatabase, derivedDamage, fileOf, openDerived, sumStatements, type SummedTables } from "./derivedTables.ts"
import type { Place } from "./segments.ts"

/** Where an entry is. */
export interface Located extends Place {
  readonly segment: string
}

const version = 2
const summed: SummedTables = { entries: ["key", "segment", "offset", "length"], segments: ["number", "indexed"] }

export class SegmentIndex {
  readonly #directory: string
  readonly #generation: number
  readonly #database: DatabaseSync
  readonly #get: StatementSync
  readonly #put: StatementSync
  /** Numbers of segments and back, as far as they are known here. */
  readonly #numbers = new Map<string, number>()
  readonly #names = new Map<number, string>()

  private constructor(directory: string, database: DatabaseSync, generation: number) {
    this.#directory = directory
    this.#generation = generation
    this.#database = database
    prepare(database)
    this.#get = database.prepare("SELECT segment, offset, length FROM entries WHERE key = ?")
    this.#put = database.prepare("INSERT OR REPLACE INTO entries (key, segment, offset, length) VALUES (?, ?, ?, ?)")
  }

  /** Opens the index of a folder; one that is damaged gives way to an empty one. */
  static open(directory: string, least = 0): SegmentIndex {
    return openDerived(directory, summed, (database, generation) => new SegmentIndex(directory, database, generation), least)
  }

  /** What is wrong with the index of a folder; undefined if it is sound. */
  static damage(directory: string): { readonly file: string; readonly detail: string } | undefined {
    return derivedDamage(directory, summed)
  }

  /** The index that takes the place of this one, which does not hold what it should: that of another process that noticed it too, else an empty one. */
  replaced(): SegmentIndex {
    const next = SegmentIndex.open(this.#directory, this.#generation + 1)
    this.#database.close()
    return next
  }

  /** Whether other processes use this index too: not so once one of them has begun another. */
  get isCurrent(): boolean {
    return existsSync(join(this.#directory, fileOf(this.#generation)))
  }

  find(key: string): Located | undefined {
    const found = this.#get.get(integer(key)) as { readonly segment: number; readonly offset: number; readonly length: number } | undefined
    return found === undefined ? undefined : { segment: this.#nameOf(found.segment), offset: found.offset, length: found.length }
  }

  /** How far a segment is indexed, in bytes. */
  indexed(segment: string): number {
    const row = this.#database.prepare("SELECT indexed FROM segments WHERE name = ?").get(segment) as { readonly indexed: number } | undefined
    return row?.indexed ?? 0
  }

  /** Adds entries, and how far their segments are indexed with them. */
  add(entries: Iterable<readonly [key: string, located: Located]>, indexed: Iterable<readonly [segment: string, bytes: number]>): void {
    this.#database.exec("BEGIN IMMEDIATE")
    try {
      const reach = this.#database.prepare("INSERT INTO segments (name, indexed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET indexed = max(indexed, excluded.indexed)")
      for (const [segment, bytes] of indexed) reach.run(segment, bytes)
      for (const [key, { length, offset, segment }] of entries) this.#put.run(integer(key), this.#numberOf(segment), offset, length)
      this.#database.exec("COMMIT")
    } catch (thrown) {
      // SQLite may have ended it itself.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK")
      throw thrown
    }
  }

  /** Forgets segments that are gone. */
  forget(segments: ReadonlyArray<string>): void {
    for (const segment of segments) {
      this.#database.prepare("DELETE FROM entries WHERE segment = (SELECT number FROM segments WHERE name = ?)").run(segment)
      this.#database.prepare("DELETE FROM segments WHERE name = ?").run(segment)
    }
  }

  /** Segments that the index knows. */
  get segments(): ReadonlyArray<string> {
    return this.#database.prepare("SELECT name FROM segments").all().map(({ name }) => String(name))
  }

  close(): void {
    this.#database.close()
  }

  #nameOf(number: number): string {
    const known = this.#names.get(number)
    if (known !== undefined) return known
    const row = this.#database.prepare("SELECT name FROM segments WHERE number = ?").get(number) as { readonly name: string } | undefined
    if (row === undefined) throw new DamagedDatabase(`segment ${number} has no name`)
    this.#names.set(number, row.name)
    return row.name
  }

  #numberOf(segment: string): number {
    const known = this.#numbers.get(segment)
    if (known !== undefined) return known
    const row = this.#database.prepare("SELECT number FROM segments WHERE name = ?").get(segment) as { readonly number: number }
    this.#numbers.set(segment, row.number)
    return row.number
  }
}

const prepare = (database: DatabaseSync): void => {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384; PRAGMA recursive_triggers = ON")
  if (versionOf(database) === version) return
  database.exec("BEGIN IMMEDIATE")
  // Another process may have made the tables meanwhile.
  if (versionOf(database) !== version) database.exec(tables)
  database.exec("COMMIT")
}

const versionOf = (database: DatabaseSync): unknown => database.prepare("PRAGMA user_version").get()?.["user_version"]

const tables = `DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS segments;
  CREATE TABLE entries (key INTEGER PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL);
  CREATE TABLE segments (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, indexed INTEGER NOT NULL);
  ${sumStatements(summed)};
  PRAGMA user_version = ${version}`

/** 64 bits of a key; all of it stands in the entry itself. */
const integer = (key: string): bigint => BigInt.asIntN(64, BigInt(`0x${key.slice(0, 16)}`))
