/** The type of a column that may be null. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { type Columns, isOptional } from "./Columns.ts"
import { required } from "./Shape.ts"

export const withNull = (schema: Schema.Constraint): Schema.Constraint =>
  takesNull(SchemaAST.toType(schema.ast)) ? schema : Schema.NullOr(schema as Schema.Top)

/** Columns that may all be null; those that a row may lack stay so. */
export const columnsWithNull = (columns: Columns): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([column, schema]) => [
      column,
      isOptional(schema)
        ? Schema.optionalKey(withNull(required(schema)) as Schema.Top)
        : withNull(schema)
    ])
  )

const takesNull = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isUnion(ast)
    ? ast.types.some(takesNull)
    : SchemaAST.isNull(ast) || SchemaAST.isAny(ast) || SchemaAST.isUnknown(ast)
