/**
 * Shapes: the columns that flow at one place of a graph, at run time; and how they fit what a step
 * reads.
 */
import * as Schema from "effect/Schema"
import { assignable } from "./assignable.ts"
import { type Columns, isOptional } from "./Columns.ts"
import { valuesOf } from "./infer.ts"
import { narrowed, partsLeft } from "./narrowed.ts"
import { own } from "./own.ts"
import { valueTest } from "./valueTest.ts"

/** The columns at one place of a graph. An open shape may hold more columns than it names. */
export interface Shape {
  readonly columns: Columns
  readonly open: boolean
}

/** What a step reads: the columns it needs, and sets of columns of which it needs one. */
export interface Reads {
  readonly columns: Columns
  readonly oneOf: ReadonlyArray<Columns>
}

export const emptyShape: Shape = { columns: {}, open: false }

/** Columns of `need` that rows of the shape lack or may lack. */
export const missing = (need: Columns, have: Shape): ReadonlyArray<string> =>
  Object.keys(need).filter((column) => {
    if (isOptional(need[column]!)) return false
    const given = own(have.columns, column)
    return given === undefined ? !have.open : isOptional(given)
  })

/** Columns of `need` that the shape has with a type that does not fit. */
export const clashing = (need: Columns, have: Shape): ReadonlyArray<string> =>
  Object.keys(need).filter((column) => {
    const given = own(have.columns, column)
    return (
      given !== undefined &&
      !assignable(given, need[column]!) &&
      !valuesFit(given, need[column]!) &&
      !partFits(given, need[column]!)
    )
  })

/** Whether a filter may have left of a column what is needed. */
const partFits = (given: Schema.Constraint, need: Schema.Constraint): boolean =>
  !isOptional(given) && partsLeft(given)?.some((part) => assignable(part, need)) === true

/** The shape after a filter that looked at some columns. */
export const narrowable = (have: Shape, columns: ReadonlyArray<string>): Shape => ({
  ...have,
  columns: Object.fromEntries(
    Object.entries(have.columns).map(([column, schema]) => [
      column,
      columns.includes(column) && !isOptional(schema) ? narrowed(schema) : schema
    ])
  )
})

/** Whether a column whose values are known, and nothing else, holds what is needed. */
const valuesFit = (given: Schema.Constraint, need: Schema.Constraint): boolean => {
  const values = valuesOf(required(given))
  if (values === undefined) return false
  const fits = valueTest(required(need))
  for (const value of values) if (!fits(value)) return false
  return true
}

/** Adds columns; a column that is already there changes its type. */
export const withColumns = (have: Shape, added: Columns): Shape => ({
  ...have,
  columns: { ...have.columns, ...added }
})

/** A schema as an optional column; one that is optional already stays. */
export const optional = (schema: Schema.Constraint): Schema.Constraint =>
  isOptional(schema) ? schema : Schema.optionalKey(schema)

/** A column's schema without its optionality. */
export const required = (schema: Schema.Constraint): Schema.Constraint =>
  isOptional(schema) && "schema" in schema
    ? (schema as Schema.optionalKey<Schema.Constraint>).schema
    : schema

/**
 * The widest of several column types, or undefined if they disagree: none takes the values of all
 * the others.
 */
export const widest = (schemas: ReadonlyArray<Schema.Constraint>): Schema.Constraint | undefined =>
  schemas.find((wide) => schemas.every((schema) => assignable(schema, wide)))
