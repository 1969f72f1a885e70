/** The index of a log: in which segment, and where in it, the latest entry under a key is. Derived from the segments, and made anew from them if it is lost. */
import { rmSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync, StatementSync } from "node:sqlite"
import { openDatabase } from "./sqlite.ts"
import type { Place } from "./segments.ts"

/** Where an entry is. */
export interface Located extends Place {
  readonly segment: string
}

const version = 1
const patienceMs = 10_000

export class SegmentIndex {
  readonly #database: DatabaseSync
  readonly #get: StatementSync
  readonly #put: StatementSync
  /** Numbers of segments and back, as far as they are known here. */
  readonly #numbers = new Map<string, number>()
  readonly #names = new Map<number, string>()

  private constructor(database: DatabaseSync) {
    this.#database = database
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384")
    if (versionOf(database) !== version) {
      database.exec("BEGIN IMMEDIATE")
      // Another process may have made the tables meanwhile.
      if (versionOf(database) !== version) database.exec(tables)
      database.exec("COMMIT")
    }
    this.#get = database.prepare("SELECT segment, offset, length FROM entries WHERE key = ?")
    this.#put = database.prepare("INSERT OR REPLACE INTO entries (key, segment, offset, length) VALUES (?, ?, ?, ?)")
  }

  /** Opens the index of a folder; one that is damaged is thrown away. */
  static open(directory: string): SegmentIndex {
    const path = join(directory, "index.db")
    try {
      return new SegmentIndex(openDatabase(path, patienceMs))
    } catch {
      for (const ending of ["", "-wal", "-shm"]) rmSync(path + ending, { force: true })
      return new SegmentIndex(openDatabase(path, patienceMs))
    }
  }

  find(key: string): Located | undefined {
    const found = this.#get.get(integer(key)) as { readonly segment: number; readonly offset: number; readonly length: number } | undefined
    const segment = found === undefined ? undefined : this.#nameOf(found.segment)
    return found === undefined || segment === undefined ? undefined : { segment, offset: found.offset, length: found.length }
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
      this.#database.exec("ROLLBACK")
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

  #nameOf(number: number): string | undefined {
    const known = this.#names.get(number)
    if (known !== undefined) return known
    const row = this.#database.prepare("SELECT name FROM segments WHERE number = ?").get(number) as { readonly name: string } | undefined
    if (row !== undefined) this.#names.set(number, row.name)
    return row?.name
  }

  #numberOf(segment: string): number {
    const known = this.#numbers.get(segment)
    if (known !== undefined) return known
    const row = this.#database.prepare("SELECT number FROM segments WHERE name = ?").get(segment) as { readonly number: number }
    this.#numbers.set(segment, row.number)
    return row.number
  }
}

const versionOf = (database: DatabaseSync): unknown => database.prepare("PRAGMA user_version").get()?.["user_version"]

const tables = `DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS segments;
  CREATE TABLE entries (key INTEGER PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL);
  CREATE TABLE segments (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, indexed INTEGER NOT NULL);
  PRAGMA user_version = ${version}`

/** 64 bits of a key; all of it stands in the entry itself. */
const integer = (key: string): bigint => BigInt.asIntN(64, BigInt(`0x${key.slice(0, 16)}`))
