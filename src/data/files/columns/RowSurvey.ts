/** Row surveys: all rows of a split looked at once, so that its files can be written in one go. */
import { isOptional } from "../../../columns/Columns.ts"
import { featureOf } from "../../../columns/images.ts"
import { metadataColumn } from "../../../columns/metadata.ts"
import { own } from "../../../columns/own.ts"
import type { Row } from "../../../columns/Row.ts"
import { required, type Shape } from "../../../columns/Shape.ts"
import type { Field } from "../../rows/cells.ts"
import { storedField } from "../../rows/storedColumns.ts"
import { ColumnSurvey } from "./ColumnSurvey.ts"
import { type SavedField, typeDeclared } from "./SavedType.ts"
import { isStorable, misfit, storedCell } from "./storedCells.ts"

/** A column that keeps the type of the file it came from as long as all values fit. */
interface Stored {
  readonly field: Field
  readonly cell: (value: unknown) => unknown
}

export class RowSurvey {
  readonly #columns = new Map<string, ColumnSurvey>()
  readonly #stored = new Map<string, Stored>()
  #rows = 0

  constructor(shape: Shape | undefined) {
    for (const [name, schema] of Object.entries(shape?.columns ?? {})) {
      const field = storedField(schema)
      if (field !== undefined && isStorable(field.type))
        this.#stored.set(name, { field, cell: storedCell(field.type) })
    }
  }

  get rows(): number {
    return this.#rows
  }

  add(row: Row): void {
    this.#rows++
    for (const name of Object.keys(row)) this.#columnOf(name).add(row[name], this.#rows)
    for (const [name, { cell }] of this.#stored)
      if (cell(own(row, name)) === misfit) this.#stored.delete(name)
  }

  #columnOf(name: string): ColumnSurvey {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    const column = new ColumnSurvey()
    this.#columns.set(name, column)
    return column
  }

  /** Bytes of the texts in the rows. */
  get bytes(): number {
    return [...this.#columns.values()].reduce((sum, column) => sum + column.bytes(), 0)
  }

  /** Bytes of the rows in Arrow's memory. */
  bytesAs(fields: ReadonlyArray<SavedField>): number {
    return fields.reduce(
      (sum, { name, type }) =>
        sum + (this.#columns.get(name) ?? new ColumnSurvey()).bytesAs(type, this.#rows),
      0
    )
  }

  /** The columns of files that take the rows of all splits, and what stands in the way. */
  static fields(
    splits: ReadonlyArray<RowSurvey>,
    shape: Shape | undefined,
    mixed: "json" | "error"
  ): { readonly fields: ReadonlyArray<SavedField>; readonly problems: ReadonlyArray<string> } {
    const all = new Map<string, ColumnSurvey>()
    const declared = Object.entries(shape?.columns ?? {})
    for (const split of splits) {
      for (const [name, column] of split.#columns) {
        const merged = all.get(name) ?? new ColumnSurvey()
        merged.merge(column)
        all.set(name, merged)
      }
    }
    const isEmpty = splits.every(({ rows }) => rows === 0)
    // A column of a file that no row has any more was dropped on the way.
    for (const [name, schema] of declared)
      if (!all.has(name) && !isOptional(schema) && (isEmpty || storedField(schema) === undefined))
        all.set(name, new ColumnSurvey())
    const problems: Array<string> = []
    const fields = [...all].map(([name, survey]): SavedField => {
      const stored = splits.map((split) => split.#stored.get(name)?.field)
      const [field] = stored
      if (field !== undefined && stored.every((other) => other !== undefined))
        return { name, type: { kind: "stored", type: field.type }, feature: field.feature }
      const schema = shape === undefined ? undefined : own(shape.columns, name)
      // What tasks tell of themselves may differ from task to task; no data is lost for it.
      const type = survey.type({
        path: name,
        mixed: name === metadataColumn ? "json" : mixed,
        fillsObjects: name === metadataColumn,
        declared: schema === undefined ? undefined : typeDeclared(schema.ast),
        problem: (text) => problems.push(text)
      })
      const feature = schema === undefined ? undefined : featureOf(required(schema))
      return feature === undefined || type.kind !== "struct"
        ? { name, type }
        : { name, type, feature }
    })
    return { fields, problems }
  }
}
