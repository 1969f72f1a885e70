/** What a row of a table is: a row of the result, or an error row, which holds the row that failed. */
import { metadataColumn } from "../../columns/metadata.ts"
import type { Row } from "../../columns/Row.ts"

/** A row that failed. */
export interface Failed extends Row {
  readonly row: Row
  readonly step: string
  readonly reason: string
  readonly detail?: string
  readonly attempts?: number
  readonly raw?: string | null
  readonly trace?: string
}

export const isFailed = (row: Row): row is Failed =>
  typeof row["row"] === "object" &&
  row["row"] !== null &&
  typeof row["step"] === "string" &&
  typeof row["reason"] === "string"

/** Columns that tell of the failure, before those of the row that failed. */
export const failureColumns = ["step", "reason", "detail", "attempts"] as const

/**
 * Columns as a table shows them: what is told of how a row came about is shown by its lineage
 * instead.
 */
export const columnsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const columns = new Set<string>()
  for (const row of rows) {
    if (isFailed(row)) for (const column of failureColumns) if (column in row) columns.add(column)
    for (const column of Object.keys(isFailed(row) ? row.row : row)) columns.add(column)
  }
  columns.delete(metadataColumn)
  return [...columns]
}

/** The value of a column; an error row's own columns come first. */
export const cellOf = (row: Row, column: string): unknown =>
  isFailed(row) && !(failureColumns as ReadonlyArray<string>).includes(column)
    ? row.row[column]
    : row[column]
