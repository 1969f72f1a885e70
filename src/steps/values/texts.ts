/** Texts in rows, which may come from an open source: what is none is told apart. */

/** Checks a text of a row. Throws if it is none. */
export const textOf = (value: unknown, column: string): string => {
  if (typeof value === "string") return value
  throw new Error(`'${column}' is ${value === null ? "null" : `no text but a ${typeof value}`}`)
}

/** The same for a step that has all rows at once: what is wrong names the row, counted from 0. */
export const textIn = (value: unknown, column: string, position: number): string => {
  if (typeof value === "string") return value
  throw new Error(
    `column '${column}' of row ${position + 1} is ${value === null ? "null" : `a ${typeof value}`}, not a text. Drop such rows with DropNulls, or fill the column, before this step.`
  )
}
