/**
 * Declared values: whether what code returned for a column is what its schema declares.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Columns, isOptional } from "./Columns.ts"
import type { Row } from "./Row.ts"
import { required } from "./Shape.ts"
import { typeName } from "./typeNames.ts"
import { type ValueTest, valueTest } from "./valueTest.ts"

/** What is wrong with a column of a row: its name, and a sentence. */
export interface ColumnProblem {
  readonly column: string
  readonly detail: string
}

interface DeclaredColumn {
  readonly column: string
  readonly schema: Schema.Constraint
  readonly mayBeAbsent: boolean
  readonly fits: ValueTest
}

/** The first column of a row that does not hold what is declared for it. */
export type RowCheck = (row: Row) => ColumnProblem | undefined

export const rowCheck = (columns: Columns): RowCheck => {
  const declared = Object.entries(columns).map(([column, schema]): DeclaredColumn => ({
    column,
    schema: required(schema),
    mayBeAbsent: isOptional(schema),
    fits: valueTest(required(schema))
  }))
  return (row) => {
    for (const each of declared) {
      const value = row[each.column]
      if (value === undefined && each.mayBeAbsent) continue
      if (!each.fits(value)) return problemOf(each, value, row)
    }
    return undefined
  }
}

const formatter = SchemaIssue.makeFormatterStandardSchemaV1()

const problemOf = ({ column, schema }: DeclaredColumn, value: unknown, row: Row): ColumnProblem => {
  const wants = typeName(schema)
  if (value === undefined && !(column in row))
    return { column, detail: `column '${column}' is missing: it is declared as ${wants}` }
  const { message, path } = deepest(schema, value)
  const at = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("")
  return {
    column,
    detail: `column '${column}' is declared as ${wants}, and ${at === "" ? "got" : `at ${column}${at} got`} ${shown(heldAt(value, path))}${message === "" ? "" : ` (${message})`}`
  }
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

const longestShown = 60

/** A value in few words. */
const shown = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (typeof value === "number" || typeof value === "bigint") return String(value)
  if (typeof value === "function") return "a function"
  if (typeof value === "symbol") return "a symbol"
  const text = jsonOf(value) ?? Object.prototype.toString.call(value)
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}

const jsonOf = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value, (_, held: unknown) =>
      typeof held === "bigint" ? String(held) : held
    )
  } catch {
    return undefined
  }
}
