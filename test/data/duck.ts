/** Files that another writer makes: DuckDB's Parquet, and its own idea of what is in them. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { type FileType, formatOf, openRowFile } from "../../src/data/files/FileFormat.ts"
import { localFile } from "../../src/data/rows/ByteSource.ts"
import type { Wanted } from "../../src/data/rows/RowFile.ts"
import type { Row } from "../../src/index.ts"

export const folder = mkdtempSync(join(tmpdir(), "distilabel-data-"))

const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect()

/** Writes what a query gives to a file. */
export const written = async (
  name: string,
  query: string,
  options = "FORMAT parquet"
): Promise<string> => {
  const path = join(folder, name)
  await connection.run(`COPY (${query}) TO '${path.replaceAll("'", "''")}' (${options})`)
  return path
}

/** What a query gives, as JSON that DuckDB has written. */
export const asked = async (query: string): Promise<ReadonlyArray<Row>> => {
  const reader = await connection.runAndReadAll(
    `SELECT to_json(t)::VARCHAR AS row FROM (${query}) t`
  )
  return reader.getRowObjects().map(({ row }) => JSON.parse(row as string) as Row)
}

/** The rows of a file. */
export const rowsIn = async (
  path: string,
  wanted: Wanted = {},
  type?: FileType
): Promise<ReadonlyArray<Row>> => {
  const file = await openRowFile(localFile(path), formatOf(path, type))
  try {
    return (await Array.fromAsync(file.chunks(wanted))).flat()
  } finally {
    await file.close()
  }
}
