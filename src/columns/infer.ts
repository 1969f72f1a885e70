/** Column types read off values: for data that came without a schema. */
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import type { Columns } from "./Columns.ts"
import { own } from "./own.ts"
import type { Row } from "./Row.ts"

// Enough to see every kind of value; a column that changes its type later is met by the steps that read it.
const sampled = 2000

const inferredKey = "~inferred"
const valuesKey = "~values"

/** Whether nobody declared the type: it was read off values. */
export const isInferred = (ast: SchemaAST.AST): boolean => ast.annotations?.[inferredKey] === true

/**
 * The values that a column's type was read off: a type that was declared more narrowly may still
 * take all of them. Undefined for a column that somebody declared.
 */
export const valuesOf = (schema: Schema.Constraint): Iterable<unknown> | undefined => {
  const values = schema.ast.annotations?.[valuesKey]
  return typeof values === "function" ? (values as () => Iterable<unknown>)() : undefined
}

/** The columns of a source's rows; each knows its values. */
export const columnsOfRows = (rows: ReadonlyArray<Row>): Columns =>
  columnsIn(rows, (schema, name) =>
    schema.annotate({
      [valuesKey]: () =>
        rows
          .values()
          .map((row) => own(row, name))
          .filter((value) => value !== undefined)
    })
  )

/** The columns of some rows. A column that only some have is optional. */
export const inferColumns = (rows: ReadonlyArray<Row>): Columns =>
  columnsIn(rows, (schema) => schema)

const columnsIn = (
  rows: ReadonlyArray<Row>,
  known: (schema: Schema.Top, name: string) => Schema.Top
): Columns => {
  const sample = rows.slice(0, sampled)
  const names = new Set(sample.flatMap((row) => Object.keys(row)))
  return Object.fromEntries(
    [...names].map((name) => {
      const values = sample.map((row) => own(row, name)).filter((value) => value !== undefined)
      const schema = known(schemaOf(values, 0), name)
      return [name, values.length < sample.length ? Schema.optionalKey(schema) : schema]
    })
  )
}

const deepest = 6

const schemaOf = (values: ReadonlyArray<unknown>, depth: number): Schema.Top => {
  // Of a column with nothing but nulls, nobody knows the type.
  if (depth > deepest || values.every((value) => value === null)) return Schema.Any
  const kinds = Map.groupBy(values, kindOf)
  const schemas = [...kinds].map(([kind, members]) => memberSchema(kind, members, depth))
  return schemas.length === 1 ? schemas[0]! : Schema.Union(schemas)
}

type Kind = "string" | "number" | "boolean" | "bigint" | "null" | "array" | "object" | "other"

const kindOf = (value: unknown): Kind => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  if (typeof value === "object")
    return Object.getPrototypeOf(value) === Object.prototype ? "object" : "other"
  return typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean" ||
    typeof value === "bigint"
    ? (typeof value as Kind)
    : "other"
}

const memberSchema = (kind: Kind, values: ReadonlyArray<unknown>, depth: number): Schema.Top => {
  switch (kind) {
    case "string":
      return Schema.String
    case "number":
      return Schema.Number
    case "boolean":
      return Schema.Boolean
    case "bigint":
      return Schema.BigInt
    case "null":
      return Schema.Null
    case "array":
      return Schema.Array(
        schemaOf(
          (values as ReadonlyArray<ReadonlyArray<unknown>>).flat().slice(0, sampled),
          depth + 1
        )
      )
    case "object":
      return Schema.Struct(
        inferColumns(values as ReadonlyArray<Row>) as Record<string, Schema.Top>
      ).annotate({ [inferredKey]: true })
    case "other":
      return Schema.Any
  }
}
