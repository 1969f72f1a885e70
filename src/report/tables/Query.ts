/** Queries: which rows are looked for. */
import type { Row } from "../../columns/Row.ts"
import { cellOf } from "./rowShape.ts"

export const comparisons = [
  "contains",
  "is",
  "is not",
  "above",
  "below",
  "is empty",
  "is there"
] as const
export type Comparison = (typeof comparisons)[number]

/** What a column must say. */
export interface Condition {
  readonly column: string
  readonly comparison: Comparison
  readonly value: string
}

export interface Query {
  /** A text that must be somewhere in the row, whether in great or small letters. */
  readonly text: string
  readonly conditions: ReadonlyArray<Condition>
}

export const noQuery: Query = { text: "", conditions: [] }

export const isEmpty = ({ conditions, text }: Query): boolean =>
  text.trim() === "" && conditions.length === 0

/** A function that says whether a row is looked for. */
export const matcher = ({ conditions, text }: Query): ((row: Row) => boolean) => {
  const sought = folded(text.trim())
  const tests = conditions.map(conditionTest)
  return (row) => tests.every((test) => test(row)) && (sought === "" || holds(row, sought))
}

/** Texts that look alike are found by each other. */
export const folded = (text: string): string => text.normalize("NFC").toLowerCase()

/** Whether a text is in a value, however deep. */
const holds = (value: unknown, sought: string): boolean => {
  const waiting: Array<unknown> = [value]
  // A stack of its own, since values may be nested deeper than calls can be.
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (typeof next === "object" && next !== null)
      waiting.push(...Object.values(next).filter((each) => each !== undefined && each !== null))
    else if (folded(String(next)).includes(sought)) return true
  }
  return false
}

const conditionTest = ({ column, comparison, value }: Condition): ((row: Row) => boolean) => {
  const sought = folded(value)
  const number = Number(value)
  switch (comparison) {
    case "contains":
      return (row) =>
        cellOf(row, column) !== undefined &&
        cellOf(row, column) !== null &&
        holds(cellOf(row, column), sought)
    case "is":
      return (row) => folded(textOf(cellOf(row, column))) === sought
    case "is not":
      return (row) => folded(textOf(cellOf(row, column))) !== sought
    case "above":
      return (row) => above(cellOf(row, column), value, number)
    case "below":
      return (row) =>
        isThere(cellOf(row, column)) &&
        cellOf(row, column) !== value &&
        !(Number(cellOf(row, column)) === number) &&
        !above(cellOf(row, column), value, number)
    case "is empty":
      return (row) => !isThere(cellOf(row, column))
    case "is there":
      return (row) => isThere(cellOf(row, column))
  }
}

const above = (cell: unknown, value: string, number: number): boolean => {
  if (typeof cell === "number") return cell > number
  return isThere(cell) && textOf(cell) > value
}

const isThere = (cell: unknown): boolean =>
  cell !== undefined && cell !== null && cell !== "" && !(Array.isArray(cell) && cell.length === 0)

const textOf = (cell: unknown): string =>
  typeof cell === "string" ? cell : cell === undefined ? "" : JSON.stringify(cell)
