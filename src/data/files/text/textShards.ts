/** Writing JSON Lines and CSV. */
import { isDate, isUint8Array } from "node:util/types"
import { rowText } from "../../../columns/rowText.ts"
import { TextBuffer } from "../../../disk/TextBuffer.ts"
import { bytesCell } from "../../rows/cells.ts"
import { jsonOf, wellFormed } from "../columns/jsonOf.ts"
import { ByteFile, type Shard } from "../columns/Shard.ts"

/** Begins a JSON Lines file. */
export const jsonLinesShard = (path: string): Shard => {
  const file = new ByteFile(path)
  const text = new TextBuffer()
  return {
    write: (rows) => {
      for (const row of rows) {
        text.add(wellFormed(rowText(row)))
        text.addByte(lineFeed)
      }
      file.write(text.take())
    },
    close: () => file.close()
  }
}

/**
 * Begins a CSV file with a line for the names of its columns. Lists and objects are JSON, dates ISO
 * 8601, bytes base64; nulls are empty, and an empty text is `""`.
 */
export const csvShard = (path: string, columns: ReadonlyArray<string>): Shard => {
  const file = new ByteFile(path)
  if (columns.length > 0) file.write(Buffer.from(`${columns.map(csvText).join(",")}\n`))
  // An empty line would be no row to any reader.
  const missing = columns.length === 1 ? '""' : ""
  const text = new TextBuffer()
  return {
    write: (rows) => {
      for (const row of rows) {
        for (let i = 0; i < columns.length; i++) {
          if (i > 0) text.addByte(comma)
          text.add(csvCell(row[columns[i]!]) ?? missing)
        }
        text.addByte(lineFeed)
      }
      file.write(text.take())
    },
    close: () => file.close()
  }
}

const lineFeed = 10
const comma = 44

const csvCell = (value: unknown): string | undefined => {
  if (value === null || value === undefined) return undefined
  if (typeof value === "string") return csvText(value)
  if (isDate(value)) return Number.isNaN(value.getTime()) ? undefined : value.toJSON()
  return isUint8Array(value)
    ? csvText(bytesCell(value))
    : csvText(typeof value === "object" ? jsonOf(value) : String(value))
}

const needsQuotes = /[",\r\n]/

const csvText = (text: string): string =>
  text === "" ? '""' : needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text
