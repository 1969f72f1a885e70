/** Functions that calls of a model may name: what is not made here, no call reaches. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type ColumnSchema,
  type DeclaredColumns,
  isOptional,
  type RowOf
} from "../../columns/Columns.ts"
import { own } from "../../columns/own.ts"
import type { Row } from "../../columns/Row.ts"
import { required } from "../../columns/Shape.ts"
import { isStandard, validated } from "../../columns/standard.ts"

const mark = "~callable"

/** A function that calls may name, with its parameters. */
export interface Callable<Parameters extends DeclaredColumns = DeclaredColumns> {
  readonly [mark]: true
  readonly parameters: Parameters
  readonly call: (args: RowOf<Parameters>) => unknown
}

/**
 * Makes a function that calls may name. Its arguments are checked by the schemas of its parameters
 * before it is called.
 *
 * A parameter that may be left out is a `Schema.optionalKey`. An argument that is a text where the
 * parameter is none is read as JSON: models write numbers as texts.
 *
 * @example
 *   export const add = callable({
 *     parameters: { a: Schema.Number, b: Schema.Number },
 *     call: ({ a, b }) => a + b
 *   })
 */
export const callable = <const Parameters extends DeclaredColumns>(options: {
  /** What it takes: a schema for each argument. */
  readonly parameters: Parameters
  /** What it does with them, at once or as a promise. */
  readonly call: (args: RowOf<NoInfer<Parameters>>) => unknown
}): Callable<Parameters> => ({ ...options, [mark]: true })

export const isCallable = (value: unknown): value is Callable =>
  typeof value === "object" && value !== null && own(value as Row, mark) === true

/** Arguments as the parameters have them. Throws at the first that does not fit. */
export const checkedArguments = (parameters: DeclaredColumns, args: Row): Row => {
  const strange = Object.keys(args).find((name) => !Object.hasOwn(parameters, name))
  if (strange !== undefined)
    throw new Error(
      `there is no parameter '${strange}'; the parameters are: ${Object.keys(parameters).join(", ") || "none"}`
    )
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, schema]) => {
      if (Object.hasOwn(args, name)) return [[name, checked(name, schema, args[name])]]
      if (!isStandard(schema) && isOptional(schema)) return []
      const filled = isStandard(schema) ? decoded(schema, undefined) : undefined
      // A validator may have a default.
      if (filled !== undefined && Result.isSuccess(filled)) return [[name, filled.success]]
      throw new Error(`the argument '${name}' is missing`)
    })
  )
}

const checked = (name: string, schema: ColumnSchema, value: unknown): unknown => {
  const asItIs = decoded(schema, value)
  if (Result.isSuccess(asItIs)) return asItIs.success
  const read = typeof value === "string" ? decodedText(schema, value) : undefined
  if (read !== undefined) return read.success
  throw new Error(`the argument '${name}' does not fit: ${asItIs.failure}`)
}

const decoded = (schema: ColumnSchema, value: unknown): Result.Result<unknown, string> => {
  if (!isStandard(schema))
    return Result.mapError(
      Schema.decodeUnknownResult(required(schema) as Schema.Codec<unknown>)(value),
      ({ message }) => message
    )
  const result = validated(schema, value)
  return result.issues === undefined
    ? Result.succeed(result.value)
    : Result.fail(result.issues.map(({ message }) => message).join("; "))
}

/** The value that a text spells as JSON, if it fits. */
const decodedText = (
  schema: ColumnSchema,
  text: string
): Result.Success<unknown, string> | undefined => {
  try {
    const result = decoded(schema, JSON.parse(text))
    return Result.isSuccess(result) ? result : undefined
  } catch {
    return undefined
  }
}
