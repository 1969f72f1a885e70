/** Values of rows that a global step reads: what is wrong names the row. */

/** A text of the row at a position, from 0. Throws if it is none. */
export const textIn = (value: unknown, column: string, position: number): string => {
  if (typeof value === "string") return value
  throw new Error(
    `column '${column}' of row ${position + 1} is ${value === null ? "null" : `a ${typeof value}`}, not a text. Drop such rows with DropNulls, or fill the column, before this step.`
  )
}
