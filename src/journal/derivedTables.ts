/**
 * Derived databases: SQLite files that hold only what can be made again from other files, and that
 * are never repaired. A damaged one is left to the processes that still have it open; the next one
 * begins empty under the next name, `index.db`, `index-1.db`, … So no process ever meets the
 * write-ahead log of one database beside another.
 *
 * SQLite notices pages that make no sense, not values that changed. So a sum over each table is
 * kept with it, and opening compares it with the rows. Reading all of a large database takes
 * seconds: one that was closed is sealed with its size and the time of its last change, and
 * believed as long as these hold.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { openDatabase } from "./sqlite.ts"

/** What a database does not hold as it was written. */
export class DamagedDatabase extends Error {}

/** Columns of whole numbers by table, whose sums are kept. */
export type SummedTables = Readonly<Record<string, ReadonlyArray<string>>>

const name = "index"
const generationIn = /^index(?:-(\d{1,9}))?\.db$/
const patienceMs = 10_000
const mostAttempts = 4

/** The name of a generation's file. */
export const fileOf = (generation: number): string =>
  generation === 0 ? `${name}.db` : `${name}-${generation}.db`

const generations = (directory: string): ReadonlyArray<number> =>
  readdirSync(directory).flatMap((file) => {
    const found = generationIn.exec(file)
    return found === null ? [] : [Number(found[1] ?? 0)]
  })

/**
 * Opens the latest sound database of a folder, of generation `least` at least; makes the next one
 * where `use`, which makes tables and statements, or the check says that the latest is damaged.
 */
export const openDerived = <A>(
  directory: string,
  tables: SummedTables,
  use: (database: DatabaseSync, generation: number) => A,
  least = 0
): A => {
  let generation = Math.max(least, ...generations(directory))
  for (let attempt = 1; ; attempt++, generation++) {
    try {
      const used = openSound(join(directory, fileOf(generation)), tables, (database) =>
        use(database, generation)
      )
      removeBefore(directory, generation)
      return used
    } catch (thrown) {
      if (!isDamage(thrown) || attempt === mostAttempts) throw thrown
    }
  }
}

const openSound = <A>(
  path: string,
  tables: SummedTables,
  use: (database: DatabaseSync) => A
): A => {
  const isSealed = readSeal(path) === sealOf(path)
  const database = openDatabase(path, patienceMs)
  try {
    const used = use(database)
    const wrong = isSealed ? undefined : damageIn(database, tables)
    if (wrong !== undefined) throw new DamagedDatabase(wrong)
    return used
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

const sealPath = (path: string): string => `${path}.seal`

/** Closes a database, and seals it unless others have it open. */
export const closeDerived = (
  directory: string,
  generation: number,
  database: DatabaseSync
): void => {
  database.close()
  const path = join(directory, fileOf(generation))
  const seal = sealOf(path)
  try {
    if (seal !== undefined) writeFileSync(sealPath(path), seal)
  } catch {
    // Without a seal the next one reads all of it.
  }
}

/**
 * The file as it is now; undefined while it is open somewhere, since its last changes are in
 * another file then.
 */
const sealOf = (path: string): string | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
  const isOpen = statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined
  return stat === undefined || isOpen ? undefined : `${stat.ino} ${stat.size} ${stat.mtimeNs}`
}

/** The seal of a database; one that is missing is no seal of any file. */
const readSeal = (path: string): string => {
  try {
    return readFileSync(sealPath(path), "utf8")
  } catch {
    return ""
  }
}

/**
 * What is wrong with the latest database of a folder, which is only read; undefined if it is sound,
 * or there is none.
 */
export const derivedDamage = (
  directory: string,
  tables: SummedTables
): { readonly file: string; readonly detail: string } | undefined => {
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
      for (const ending of ["", "-wal", "-shm", ".seal"])
        rmSync(join(directory, fileOf(each) + ending), { force: true })
    } catch {
      // It is in nobody's way: the latest one counts.
    }
  }
}

const damageIn = (database: DatabaseSync, tables: SummedTables): string | undefined => {
  // In one transaction, so that rows and sums are of the same moment while other processes write.
  database.exec("BEGIN")
  try {
    const check = String(database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"])
    if (check !== "ok") return check.replaceAll(/[*\s]+/g, " ").trim()
    return Object.entries(tables)
      .map(([table, columns]) => wrongSum(database, table, columns))
      .find((wrong) => wrong !== undefined)
  } finally {
    database.exec("COMMIT")
  }
}

const wrongSum = (
  database: DatabaseSync,
  table: string,
  columns: ReadonlyArray<string>
): string | undefined => {
  const found = database
    .prepare(
      `SELECT CAST(count(*) AS TEXT) AS rows, CAST(coalesce(sum(${sumOf(columns)}), 0) AS TEXT) AS sum FROM ${table}`
    )
    .get()
  const kept = database
    .prepare("SELECT CAST(rows AS TEXT) AS rows, CAST(sum AS TEXT) AS sum FROM sums WHERE name = ?")
    .get(table)
  return found?.["rows"] === kept?.["rows"] && found?.["sum"] === kept?.["sum"]
    ? undefined
    : `table ${table} has changed`
}

/** Sums of the largest numbers of rows stay far from the end of 64 bits. */
const modulus = 2_147_483_647

/** Each half of each column counts differently, so that no two of them can change places unseen. */
const sumOf = (columns: ReadonlyArray<string>): string =>
  `(${columns.map((column, i) => `(${column} >> 32) * ${4 * i + 3} + (${column} & 4294967295) * ${4 * i + 1}`).join(" + ")}) % ${modulus}`

/** The same for values, some of them as two halves of 32 bits, the first with its sign. */
export const sumOfRow = (
  values: ReadonlyArray<number | readonly [high: number, low: number]>
): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const whole = typeof value === "number"
    const high = whole ? Math.floor(value / 2 ** 32) : value[0]
    const low = whole ? value % 2 ** 32 : value[1]
    sum += high * (4 * i + 3) + low * (4 * i + 1)
  }
  return sum % modulus
}

/** Adds to the sum of a table what its new rows add. */
export const addToSum = (
  database: DatabaseSync,
  table: string,
  rows: number,
  sum: number
): void => {
  database
    .prepare("UPDATE sums SET rows = rows + ?, sum = sum + ? WHERE name = ?")
    .run(rows, sum, table)
}

/** Takes the sum of a table anew, after rows went. */
export const sumAnew = (
  database: DatabaseSync,
  table: string,
  columns: ReadonlyArray<string>
): void => {
  database.exec(
    `UPDATE sums SET (rows, sum) = (SELECT count(*), coalesce(sum(${sumOf(columns)}), 0) FROM ${table}) WHERE name = '${table}'`
  )
}

/** The statements that begin the sums, to be run where the tables are made. */
export const sumStatements = (tables: SummedTables): string =>
  `DROP TABLE IF EXISTS sums; CREATE TABLE sums (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, sum INTEGER NOT NULL); ${Object.keys(
    tables
  )
    .map((table) => `INSERT INTO sums VALUES ('${table}', 0, 0)`)
    .join("; ")}`

/**
 * Codes of SQLite that say something of the moment or the disk, not of the file: busy, locked, out
 * of memory, read-only, full, not permitted.
 */
const passing = new Set([5, 6, 7, 8, 13, 23])

/** Whether an error says that a database is damaged. */
export const isDamage = (thrown: unknown): boolean => {
  const { code, errcode } = thrown as { readonly code?: unknown; readonly errcode?: number }
  // A number that is out of range comes of a value that changed.
  return (
    thrown instanceof DamagedDatabase ||
    code === "ERR_OUT_OF_RANGE" ||
    (errcode !== undefined && !passing.has(errcode & 255))
  )
}
