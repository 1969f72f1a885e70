/** What a value of a column is, in a word. */
import { metadataColumn } from "../../columns/metadata.ts"
import type { Row } from "../../columns/Row.ts"

export type ValueType =
  | "text"
  | "whole number"
  | "number"
  | "boolean"
  | "list"
  | "chat"
  | "record"
  | "image"
  | "date"
  | "bytes"

export const typeOfValue = (value: unknown): ValueType => {
  if (typeof value === "string") return "text"
  if (typeof value === "number") return Number.isInteger(value) ? "whole number" : "number"
  if (typeof value === "bigint") return "whole number"
  if (typeof value === "boolean") return "boolean"
  if (Array.isArray(value)) return value.length > 0 && value.every(isTurn) ? "chat" : "list"
  if (value instanceof Date) return "date"
  if (ArrayBuffer.isView(value)) return "bytes"
  return "bytes" in Object(value) && "path" in Object(value) ? "image" : "record"
}

const isTurn = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "role" in value && "content" in value

/** Keys of a record that are profiled as columns of their own; more make no picture. */
const mostKeys = 12

/** The columns of a row, and, as `column.key`, what their records hold. */
export const cellsOf = (row: Row): ReadonlyArray<readonly [name: string, value: unknown]> =>
  Object.entries(row).flatMap(([name, value]) =>
    name === metadataColumn
      ? []
      : value !== null && typeof value === "object" && typeOfValue(value) === "record"
        ? [[name, value] as const, ...keysOf(name, value as Row)]
        : [[name, value] as const]
  )

const keysOf = (name: string, record: Row): ReadonlyArray<readonly [string, unknown]> => {
  const entries = Object.entries(record)
  return entries.length > mostKeys
    ? []
    : entries.map(([key, held]) => [`${name}.${key}`, held] as const)
}
