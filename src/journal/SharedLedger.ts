/**
 * What runs with one cache directory share: money that they may spend together, and requests that
 * a model takes in a day. One small database, which processes change one after the other.
 *
 * A run takes a lease of a budget, a small part of it, and spends that before it takes another, so
 * that two runs cannot spend the same dollar. What a process that is gone had leased counts as
 * spent: it may have been.
 */
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { makeFolder } from "../disk/makeFolder.ts"
import { JournalError } from "./JournalError.ts"
import { openDatabase } from "./sqlite.ts"
import { writerName } from "./writers.ts"

const patienceMs = 10_000

/** A line of what was used of a model; hours are those since 1970. */
type Use = Readonly<Record<"hour" | "requests" | "tokens", number>>

export class SharedLedger {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #holder = writerName()

  private constructor(path: string) {
    this.#path = path
    this.#database = openDatabase(path, patienceMs)
    this.#database.exec(tables)
  }

  /** Opens the ledger of a cache directory, made if it is not there. Throws a `JournalError`. */
  static at(cacheDir: string): SharedLedger {
    const path = join(cacheDir, "shared.sqlite")
    try {
      makeFolder(cacheDir)
      return new SharedLedger(path)
    } catch (thrown) {
      throw JournalError.of("open", path, thrown)
    }
  }

  /** The same as long as the scope lives. */
  static open(cacheDir: string): Effect.Effect<SharedLedger, JournalError, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.try({
        try: () => SharedLedger.at(cacheDir),
        catch: (thrown) => thrown as JournalError
      }),
      (ledger) => Effect.sync(() => ledger.close())
    )
  }

  close(): void {
    this.#database.close()
  }

  /** US dollars that all runs have spent of a budget, or leased. */
  taken(budget: string): number {
    return this.#number("SELECT total(dollars) FROM leases WHERE budget = ?", budget)
  }

  /** Leases up to so many US dollars more of a budget; gives how many it got. */
  lease(budget: string, limit: number, dollars: number): number {
    return this.#changing(() => {
      const got = Math.max(0, Math.min(dollars, limit - this.taken(budget)))
      this.#database
        .prepare(
          "INSERT INTO leases (budget, holder, dollars) VALUES (?, ?, ?) ON CONFLICT (budget, holder) DO UPDATE SET dollars = dollars + excluded.dollars"
        )
        .run(budget, this.#holder, got)
      return got
    })
  }

  /** Says what a run has spent of a budget in the end: what it leased beyond that is free again. */
  spent(budget: string, dollars: number): void {
    this.#changing(() =>
      this.#database
        .prepare(
          "INSERT INTO leases (budget, holder, dollars) VALUES (?, ?, ?) ON CONFLICT (budget, holder) DO UPDATE SET dollars = excluded.dollars"
        )
        .run(budget, this.#holder, dollars)
    )
  }

  /** What all runs have used of a model since an hour. */
  usedSince(model: string, hour: number): ReadonlyArray<Use> {
    return this.#database
      .prepare(
        "SELECT hour, requests, tokens FROM uses WHERE model = ? AND hour >= ? ORDER BY hour"
      )
      .all(model, hour) as unknown as ReadonlyArray<Use>
  }

  /** Adds what a run has used of a model. */
  use(model: string, { hour, requests, tokens }: Use): void {
    this.#changing(() => {
      this.#database
        .prepare(
          "INSERT INTO uses (model, hour, requests, tokens) VALUES (?, ?, ?, ?) ON CONFLICT (model, hour) DO UPDATE SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens"
        )
        .run(model, hour, requests, tokens)
      this.#database.prepare("DELETE FROM uses WHERE hour < ?").run(hour - keptHours)
    })
  }

  #number(sql: string, ...values: ReadonlyArray<string>): number {
    return Number(Object.values(this.#database.prepare(sql).get(...values) ?? {})[0] ?? 0)
  }

  #changing<A>(change: () => A): A {
    try {
      this.#database.exec("BEGIN IMMEDIATE")
      try {
        const made = change()
        this.#database.exec("COMMIT")
        return made
      } catch (thrown) {
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK")
        throw thrown
      }
    } catch (thrown) {
      throw JournalError.of("write", this.#path, thrown)
    }
  }
}

const keptHours = 48

const tables = `PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS leases (budget TEXT NOT NULL, holder TEXT NOT NULL, dollars REAL NOT NULL, PRIMARY KEY (budget, holder)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uses (model TEXT NOT NULL, hour INTEGER NOT NULL, requests REAL NOT NULL, tokens REAL NOT NULL, PRIMARY KEY (model, hour)) WITHOUT ROWID`
