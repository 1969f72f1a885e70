/**
 * Derived databases: SQLite files that hold only what can be made again from other files, and that are never repaired. A damaged one is left to the
 * processes that still have it open; the next one begins empty under the next name, `index.db`, `index-1.db`, … So no process ever meets the
 * write-ahead log of one database beside another.
 *
 * SQLite notices pages that make no sense, not values that changed. So triggers keep a sum over each table, and opening compares it with the rows.
 */
import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { openDatabase } from "./sqlite.ts"

/** What a database does not hold as it was written. */
export class DamagedDatabase extends Error {}

/** Integer columns by table, whose sums are kept. */
export type SummedTables = Readonly<Record<string, ReadonlyArray<string>>>

const name = "index"
const generationIn = /^index(?:-(\d{1,9}))?\.db$/
const patienceMs = 10_000
const mostAttempts = 4

/** The name of a generation's file. */
export const fileOf = (generation: number): string => generation === 0 ? `${name}.db` : `${name}-${generation}.db`

const generations = (directory: string): ReadonlyArray<number> =>
  readdirSync(directory).flatMap((file) => {
    const found = generationIn.exec(file)
    return found === null ? [] : [Number(found[1] ?? 0)]
  })

/** Opens the latest sound database of a folder, of generation `least` at least; makes the next one where `use`, which makes tables and statements, or the check says that the latest is damaged. */
export const openDerived = <A>(directory: string, tables: SummedTables, use: (database: DatabaseSync, generation: number) => A, least = 0): A => {
  let generation = Math.max(least, ...generations(directory))
  for (let attempt = 1;; attempt++, generation++) {
    try {
      const used = openSound(join(directory, fileOf(generation)), tables, (database) => use(database, generation))
      removeBefore(directory, generation)
      return used
    } catch (thrown) {
      if (!isDamage(thrown) || attempt === mostAttempts) throw thrown
    }
  }
}

const openSound = <A>(path: string, tables: SummedTables, use: (database: DatabaseSync) => A): A => {
  const database = openDatabase(path, patienceMs)
  try {
    const used = use(database)
    const wrong = damageIn(database, tables)
    if (wrong !== undefined) throw new DamagedDatabase(wrong)
    return used
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** What is wrong with the latest database of a folder, which is only read; undefined if it is sound, or there is none. */
export const derivedDamage = (directory: string, tables: SummedTables): { readonly file: string; readonly detail: string } | undefined => {
  const latest = Math.max(-1, ...generations(directory))
  if (latest < 0) return undefined
  const file = fileOf(latest)
  try {
    const database = openDatabase(join(directory, file), patienceMs)
    try {
      const detail = damageIn(database, tables)
      return detail === undefined ? undefined : { file, detail }
    } finally {
      database.close()
    }
  } catch (thrown) {
    return { file, detail: (thrown as Error).message }
  }
}

/** Processes that still use an earlier database keep its file, which no longer has a name. */
const removeBefore = (directory: string, generation: number): void => {
  for (const each of generations(directory)) {
    if (each >= generation) continue
    try {
      for (const ending of ["", "-wal", "-shm"]) rmSync(join(directory, fileOf(each) + ending), { force: true })
    } catch {
      // It is in nobody's way: the latest one counts.
    }
  }
}

const damageIn = (database: DatabaseSync, tables: SummedTables): string | undefined => {
  // In one transaction, so that rows and sums are of the same moment while other processes write.
  database.exec("BEGIN")
  try {
    const check = String(database.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"])
    if (check !== "ok") return check.replaceAll(/[*\s]+/g, " ").trim()
    return Object.entries(tables).map(([table, columns]) => wrongSum(database, table, columns)).find((wrong) => wrong !== undefined)
  } finally {
    database.exec("COMMIT")
  }
}

const wrongSum = (database: DatabaseSync, table: string, columns: ReadonlyArray<string>): string | undefined => {
  const found = database.prepare(`SELECT CAST(count(*) AS TEXT) AS rows, CAST(coalesce(sum(${sumOf(columns)}), 0) AS TEXT) AS sum FROM ${table}`).get()
  const kept = database.prepare("SELECT CAST(rows AS TEXT) AS rows, CAST(sum AS TEXT) AS sum FROM sums WHERE name = ?").get(table)
  return found?.["rows"] === kept?.["rows"] && found?.["sum"] === kept?.["sum"] ? undefined : `table ${table} has changed`
}

/** Each half of each column counts differently, so that no two of them can change places unseen. */
const sumOf = (columns: ReadonlyArray<string>, row = ""): string =>
  columns.map((column, i) => `(${row}${column} >> 32) * ${4 * i + 3} + (${row}${column} & 4294967295) * ${4 * i + 1}`).join(" + ")

/** The statements that keep sums over tables, to be run where the tables are made. */
export const sumStatements = (tables: SummedTables): string =>
  `DROP TABLE IF EXISTS sums; CREATE TABLE sums (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, sum INTEGER NOT NULL); ${Object.entries(tables).map(([table, columns]) => {
    const [added, removed] = [sumOf(columns, "new."), sumOf(columns, "old.")]
    const trigger = (event: string, change: string): string => `CREATE TRIGGER ${table}_${event} AFTER ${event} ON ${table} BEGIN UPDATE sums SET ${change} WHERE name = '${table}'; END`
    return [
      `INSERT INTO sums VALUES ('${table}', 0, 0)`,
      trigger("INSERT", `rows = rows + 1, sum = sum + ${added}`),
      trigger("DELETE", `rows = rows - 1, sum = sum - (${removed})`),
      trigger("UPDATE", `sum = sum + ${added} - (${removed})`)
    ].join("; ")
  }).join("; ")}`

/** Codes of SQLite that say something of the moment or the disk, not of the file: busy, locked, out of memory, read-only, full, not permitted. */
const passing = new Set([5, 6, 7, 8, 13, 23])

/** Whether an error says that a database is damaged. */
export const isDamage = (thrown: unknown): boolean => {
  const { code, errcode } = thrown as { readonly code?: unknown; readonly errcode?: number }
  // A number that is out of range comes of a value that changed.
  return thrown instanceof DamagedDatabase || code === "ERR_OUT_OF_RANGE" || (errcode !== undefined && !passing.has(errcode & 255))
}
