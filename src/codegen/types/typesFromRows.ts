/**
 * Types from data: what columns rows have, told from the rows themselves and from what their format
 * says of them.
 */
import type { Columns } from "../../columns/Columns.ts"
import type { Row } from "../../columns/Row.ts"
import type { Field } from "./ColumnType.ts"
import { fieldsOfColumns } from "./typeOfSchema.ts"
import { type TypeSettings, ValueSummary } from "./ValueSummary.ts"

export interface TypesFromRowsOptions extends Partial<Omit<TypeSettings, "enums">> {
  /**
   * Whether texts of which there are few are told one by one; `if-all-read`: only if there are no
   * more rows than were read. Default true.
   */
  readonly enums?: boolean | "if-all-read"
  /**
   * Columns whose types the format tells, as Parquet and datasets on a Hub do: these are taken as
   * they are.
   */
  readonly features?: Columns
  /** At most so many rows are read. Default: all. */
  readonly rows?: number
}

/** The columns of some rows, and how many rows were read. */
export interface TypesFromRows {
  readonly fields: ReadonlyArray<Field>
  readonly rows: number
  /** Whether these may not be all. */
  readonly cut: boolean
}

/** Reads rows one by one, however many there are, and tells their columns. */
export const typesFromRows = async (
  rows: AsyncIterable<Row> | Iterable<Row>,
  { enums = true, features = {}, rows: most = Infinity, texts = false }: TypesFromRowsOptions = {}
): Promise<TypesFromRows> => {
  const summary = new ValueSummary()
  let count = 0
  if (most > 0) {
    for await (const row of rows) {
      summary.add(row)
      if (++count >= most) break
    }
  }
  const cut = count >= most
  const told = fieldsOfColumns(features)
  const seen = summary
    .fields({ enums: enums === "if-all-read" ? !cut : enums, texts })
    .filter(({ name }) => !told.some((field) => field.name === name))
  return { fields: [...told, ...seen], rows: count, cut }
}
