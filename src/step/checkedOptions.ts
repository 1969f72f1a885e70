/** Options of a defined class, checked by their schemas when a step is made. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { isOptional } from "../columns/Columns.ts"
import { own } from "../columns/own.ts"
import type { Row } from "../columns/Row.ts"
import { required } from "../columns/Shape.ts"
import { kindOf, type OptionFields } from "./options.ts"

/** Options that every step has, or that the library keeps beside them. */
const taken = [
  "name",
  "batchSize",
  "inputBatchSize",
  "inputMappings",
  "outputMappings",
  "useCache",
  "inputs",
  "outputs",
  "process",
  "version"
]

/** Throws if a class has an option of its own under a name that means something already. */
export const refuseTakenNames = (
  type: string,
  own: OptionFields,
  others: OptionFields = {}
): void => {
  const wrong = Object.keys(own).find((name) => taken.includes(name) || name in others)
  if (wrong !== undefined)
    throw new RangeError(
      `The definition of ${type} has an option '${wrong}', which every step of its kind has already. Give it another name.`
    )
}

/** The options of a class, defaults for those that are left out. Throws if one does not fit. */
export const checkedOptions = (
  type: string,
  fields: OptionFields,
  defaults: Row,
  given: { readonly name: string }
): Row => {
  const owner = `${type} '${given.name}'`
  const options: Row = given as object as Row
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, schema]) => {
      const value = options[name] ?? own(defaults, name)
      if (value === undefined && isOptional(schema)) return []
      if (value === undefined) throw new RangeError(`${owner} has no ${name}, which it needs.`)
      checkValue(owner, name, required(schema), value)
      return [[name, value] as const]
    })
  )
}

const checkValue = (
  owner: string,
  name: string,
  schema: Schema.Constraint,
  value: unknown
): void => {
  if (kindOf(schema) !== "plain") return
  const result = Schema.decodeUnknownResult(schema as Schema.Codec<unknown>)(value)
  if (Result.isSuccess(result)) return
  const choices = literalsIn(schema)
  throw new RangeError(
    choices === undefined
      ? `${owner} has a wrong ${name}: ${result.failure.message}.`
      : `${owner} has ${name} '${String(value)}', which is none of: ${choices.join(", ")}.`
  )
}

/** The values that a schema of literals takes. */
const literalsIn = ({ ast }: Schema.Constraint): ReadonlyArray<string> | undefined =>
  SchemaAST.isUnion(ast) && ast.types.every(SchemaAST.isLiteral)
    ? ast.types.map(({ literal }) => String(literal))
    : undefined
