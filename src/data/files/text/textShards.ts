/** Writing JSON Lines and CSV. */
import { isDate, isUint8Array } from "node:util/types"
import { rowText } from "../../../columns/rowText.ts"
import { jsonOf, wellFormed } from "../columns/jsonOf.ts"
import { ByteFile, type Shard } from "../columns/Shard.ts"

/** Begins a JSON Lines file. */
export const jsonLinesShard = (path: string): Shard => {
  const file = new ByteFile(path)
  return {
    write: (rows) =>
      file.write(Buffer.from(rows.map((row) => `${wellFormed(rowText(row))}\n`).join(""))),
    close: () => file.close()
  }
}

/**
 * Begins a CSV file with a line for the names of its columns. Lists and objects are JSON, dates ISO
 * 8601, bytes base64; nulls are empty, and an empty text is `""`.
 */
export const csvShard = async (path: string, columns: ReadonlyArray<string>): Promise<Shard> => {
  const { stringify } = await import("csv-stringify/sync")
  const file = new ByteFile(path)
  const options = { quoted_empty: true, record_delimiter: "\n" } as const
  if (columns.length > 0) file.write(Buffer.from(stringify([[...columns]], options)))
  // An empty line would be no row to any reader.
  const missing = columns.length === 1 ? "" : null
  return {
    write: (rows) =>
      file.write(
        Buffer.from(
          stringify(
            rows.map((row) => columns.map((column) => csvCell(row[column]) ?? missing)),
            options
          )
        )
      ),
    close: () => file.close()
  }
}

const csvCell = (value: unknown): string | null => {
  if (value === null || value === undefined) return null
  if (typeof value === "string") return value
  if (isDate(value)) return value.toJSON()
  return isUint8Array(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")
    : typeof value === "object"
      ? jsonOf(value)
      : String(value)
}
