/**
 * Columns: what a row is made of. A record of column names and effect schemas, and the row type
 * that it stands for.
 */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/**
 * A record of columns: each name with the schema of its values. An optional column is wrapped in
 * `Schema.optionalKey`.
 */
export interface Columns {
  readonly [column: string]: Schema.Constraint
}

/** Names of the columns that a row may lack. */
type OptionalColumn<C extends Columns> = {
  [K in keyof C]: C[K] extends { readonly "~type.optionality": "optional" } ? K : never
}[keyof C]

/** The row type of a record of columns. */
export type RowOf<C extends Columns> = [OptionalColumn<C>] extends [never]
  ? { readonly [K in keyof C]: C[K]["Type"] }
  : { readonly [K in Exclude<keyof C, OptionalColumn<C>>]: C[K]["Type"] } & {
      readonly [K in OptionalColumn<C>]?: C[K]["Type"]
    }

/** Whether a row may lack the column. */
export const isOptional = (schema: Schema.Constraint): boolean => SchemaAST.isOptional(schema.ast)
