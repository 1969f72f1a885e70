/** The texts of a row that are judged. */
import type { Row } from "../../columns/Row.ts"

/** The text of a column. Throws if there is none: rows of an open source may hold anything. */
export const textIn = (row: Row, column: string): string => {
  const text = row[column]
  if (typeof text === "string") return text
  const found = text === null ? "null" : Array.isArray(text) ? "a list" : `a ${typeof text}`
  throw new Error(`'${column}' is ${text === undefined ? "missing" : found}, not a text`)
}
