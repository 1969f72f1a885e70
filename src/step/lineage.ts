/**
 * Which row came from which: rows carry a mark through a step's function, since `{ ...row }` copies
 * it.
 */
import type { Row } from "../columns/Row.ts"

// Enumerable, so that spreading keeps it; a symbol, so that JSON, Object.keys and users' columns know nothing of it.
const mark = Symbol("distilabel-ts/row")

interface Marked {
  [mark]?: number
}

/** A copy of a row that steps may change: one that came in from outside, or goes to several steps. */
export const copied = (row: Row): Row => ({ ...row })

/** Marks rows with their index in the call. The rows are the engine's own. */
export const markRows = (rows: ReadonlyArray<Row>): void => {
  for (let i = 0; i < rows.length; i++) (rows[i] as Marked)[mark] = i
}

/** Marks one row of many. The row is the engine's own. */
export const marked = (row: Row, index: number): Row => {
  ;(row as Marked)[mark] = index
  return row
}

/** The index of the row that this one came from, or undefined if it was made afresh. */
export const markOf = (row: Row): number | undefined => (row as Marked)[mark]
