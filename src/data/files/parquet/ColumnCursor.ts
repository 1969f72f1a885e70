/**
 * Column cursors: the values of a column, page by page, put into rows one after the other; a page
 * is let go of when its last value is.
 */
import type { ColumnData } from "hyparquet"
import { setKey } from "../../../columns/own.ts"
import type { Field } from "../../rows/cells.ts"
import { parquetCells } from "./parquetCells.ts"

export class ColumnCursor {
  readonly name: string
  readonly #cell: (value: unknown) => unknown
  #pages: Array<ColumnData> = []

  constructor({ name, type }: Field) {
    this.name = name
    this.#cell = parquetCells(type)
  }

  /** Takes values that were read; they come in order. */
  add(page: ColumnData): void {
    this.#pages.push(page)
  }

  /** Puts the values from a row of the file on into rows. */
  fill(rows: ReadonlyArray<Record<string, unknown>>, from: number): void {
    const { name } = this
    for (let i = 0; i < rows.length;) {
      const page = this.#pages[0]
      if (page === undefined) throw new Error(`column '${name}' ends before row ${from + i}`)
      const end = Math.min(rows.length, page.rowEnd - from)
      for (; i < end; i++)
        setKey(rows[i]!, name, this.#cell(page.columnData[from + i - page.rowStart]))
      if (page.rowEnd <= from + i) this.#pages.shift()
    }
  }
}
