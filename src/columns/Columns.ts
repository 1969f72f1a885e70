/**
 * Columns: what a row is made of. A record of column names and effect schemas, and the row type
 * that it stands for.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/**
 * A record of columns: each name with the schema of its values. An optional column is wrapped in
 * `Schema.optionalKey`.
 */
export interface Columns {
  readonly [column: string]: Schema.Constraint
}

/**
 * The type of a column's values: an effect schema, or any Standard Schema, such as those of zod,
 * valibot and arktype.
 */
export type ColumnSchema = Schema.Constraint | StandardSchemaV1

/**
 * Columns as a step or a source declares them. A column whose Standard Schema takes undefined is
 * optional.
 */
export interface DeclaredColumns {
  readonly [column: string]: ColumnSchema
}

/** The type of the values that a schema stands for. */
export type ValueOf<S> = S extends { readonly Type: infer Value }
  ? Value
  : S extends StandardSchemaV1
    ? StandardSchemaV1.InferOutput<S>
    : never

/** Names of the columns that a row may lack. */
type OptionalColumn<C> = {
  [K in keyof C]: C[K] extends { readonly "~type.optionality": infer Optionality }
    ? Optionality extends "optional"
      ? K
      : never
    : undefined extends ValueOf<C[K]>
      ? K
      : never
}[keyof C]

/** The row type of a record of columns. */
export type RowOf<C extends DeclaredColumns> = [OptionalColumn<C>] extends [never]
  ? { readonly [K in keyof C]: ValueOf<C[K]> }
  : { readonly [K in Exclude<keyof C, OptionalColumn<C>>]: ValueOf<C[K]> } & {
      readonly [K in OptionalColumn<C>]?: ValueOf<C[K]>
    }

/** Whether a row may lack the column. */
export const isOptional = (schema: Schema.Constraint): boolean => SchemaAST.isOptional(schema.ast)
