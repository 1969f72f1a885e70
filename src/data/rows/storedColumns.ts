/**
 * Stored columns: the types that columns have in the file they come from, noted on their schemas so
 * that a pipeline which does not touch them saves them as they were.
 */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Columns } from "../../columns/Columns.ts"
import { isOptional } from "../../columns/Columns.ts"
import { own } from "../../columns/own.ts"
import { optional, required, type Shape } from "../../columns/Shape.ts"
import type { Field } from "./cells.ts"

const noted = "~stored"

/** The columns of a file as a shape knows them, each with its type in the file. */
export const storedColumns = (fields: ReadonlyArray<Field>, { columns, open }: Shape): Columns =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const declared = own(columns, field.name)
      if (declared === undefined && !open) return []
      const schema = (
        (declared === undefined ? Schema.Any : required(declared)) as Schema.Top
      ).annotate({ [noted]: field })
      return [
        [field.name, declared !== undefined && isOptional(declared) ? optional(schema) : schema]
      ]
    })
  )

/**
 * The type that a column has in the file it comes from; undefined where a step made it, or the file
 * says no types.
 */
export const storedField = (schema: Schema.Constraint | undefined): Field | undefined =>
  schema === undefined
    ? undefined
    : (SchemaAST.resolve(required(schema).ast)?.[noted] as Field | undefined)
