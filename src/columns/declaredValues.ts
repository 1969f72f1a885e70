/**
 * Declared values: whether what code returned for a column is what its schema declares.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Columns, isOptional } from "./Columns.ts"
import { setKey } from "./own.ts"
import type { Row } from "./Row.ts"
import { required } from "./Shape.ts"
import { shownValue } from "./shownValue.ts"
import { standardOf, validated } from "./standard.ts"
import { typeName } from "./typeNames.ts"
import { type ValueTest, valueTest } from "./valueTest.ts"

/** What is wrong with a column of a row: its name, and a sentence. */
export class ColumnProblem {
  readonly column: string
  readonly detail: string

  constructor(column: string, detail: string) {
    this.column = column
    this.detail = detail
  }
}

interface DeclaredColumn {
  readonly column: string
  readonly schema: Schema.Constraint
  readonly mayBeAbsent: boolean
  readonly fits: ValueTest
  readonly standard: StandardSchemaV1 | undefined
}

/**
 * The row, its columns of Standard Schemas as their validators give them; or the first column that
 * does not hold what is declared for it.
 */
export type RowDecoder = (row: Row) => Row | ColumnProblem

export const rowDecoder = (columns: Columns): RowDecoder => {
  const declared = Object.entries(columns).map(([column, schema]): DeclaredColumn => ({
    column,
    schema: required(schema),
    mayBeAbsent: isOptional(schema),
    fits: valueTest(required(schema)),
    standard: standardOf(schema)
  }))
  return (row) => {
    let decoded = row
    for (const each of declared) {
      const { column, fits, mayBeAbsent, standard } = each
      const value = row[column]
      if (value === undefined && mayBeAbsent) continue
      if (standard === undefined) {
        if (!fits(value)) return problemOf(each, value, row)
        continue
      }
      const result = validated(standard, value)
      if (result.issues !== undefined) return wrongValue(each, value, row, result.issues[0])
      if (result.value === value) continue
      if (decoded === row) decoded = { ...row }
      setKey(decoded as Record<string, unknown>, column, result.value)
    }
    return decoded
  }
}

const formatter = SchemaIssue.makeFormatterStandardSchemaV1()

const problemOf = (declared: DeclaredColumn, value: unknown, row: Row): ColumnProblem =>
  wrongValue(declared, value, row, deepest(declared.schema, value))

const wrongValue = (
  { column, schema }: DeclaredColumn,
  value: unknown,
  row: Row,
  { message, path }: Issue
): ColumnProblem => {
  const wants = typeName(schema)
  if (value === undefined && !(column in row))
    return new ColumnProblem(column, `column '${column}' is missing: it is declared as ${wants}`)
  const at = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("")
  return new ColumnProblem(
    column,
    `column '${column}' is declared as ${wants}, and ${at === "" ? "got" : `at ${column}${at} got`} ${shownValue(heldAt(value, path))}${message === "" ? "" : ` (${message})`}`
  )
}

interface Issue {
  readonly message: string
  readonly path: ReadonlyArray<PropertyKey>
}

/** Where within a value it goes wrong, and what the schema's own check says. */
const deepest = (schema: Schema.Constraint, value: unknown): Issue => {
  const typed = Schema.make<Schema.Codec<unknown>>(SchemaAST.toType(schema.ast))
  const result = Schema.decodeUnknownResult(typed)(value)
  // Only a NaN passes effect's parser and not ours.
  if (Result.isSuccess(result)) return { message: "", path: pathOfNaN(value, []) ?? [] }
  const [issue] = formatter(result.failure.issue).issues
  const path = (issue?.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
  const message = issue?.message ?? ""
  // "Expected string" repeats what the sentence says already; "Expected an integer" does not.
  return { message: /^Expected (?!an? )/.test(message) ? "" : message, path }
}

const pathOfNaN = (
  value: unknown,
  path: ReadonlyArray<PropertyKey>
): ReadonlyArray<PropertyKey> | undefined => {
  if (Number.isNaN(value)) return path
  if (typeof value !== "object" || value === null) return undefined
  for (const [key, held] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const found = pathOfNaN(held, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}

const heldAt = (value: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce(
    (held, key) =>
      typeof held === "object" && held !== null
        ? (held as Record<PropertyKey, unknown>)[key]
        : undefined,
    value
  )
