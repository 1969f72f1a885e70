/** Options of a class, checked by their schemas when a step is made, and filled in. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { isOptional } from "../columns/Columns.ts"
import { own } from "../columns/own.ts"
import { checkRanges } from "../columns/ranges.ts"
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

/** What of a definition says which options its steps take. */
interface Taken {
  readonly options: OptionFields
  readonly defaults: object
  readonly parameters?: ReadonlyArray<string>
  readonly needs?: ReadonlyArray<string>
}

/** Throws at an option that does not fit, and at one that is missing and cannot come later. */
export const checkGiven = (
  owner: string,
  step: string,
  { defaults, needs = [], options, parameters = [] }: Taken,
  given: object
): void => {
  checkRanges(`Step '${step}'`, options, given)
  for (const [name, schema] of Object.entries(options)) {
    const value = own(given as Row, name)
    if (value !== undefined) checkValue(owner, name, required(schema), value)
    else if (
      !isOptional(schema) &&
      !(name in defaults) &&
      !needs.includes(name) &&
      !parameters.includes(name)
    )
      throw missing(owner, name)
  }
}

const missing = (owner: string, name: string): RangeError =>
  new RangeError(`${owner} has no ${name}, which it needs.`)

/** The options of a class, defaults for those that are left out. */
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
      if (value === undefined) throw missing(owner, name)
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
  const kind = kindOf(schema)
  if (kind === "model" && !isModel(value))
    throw new RangeError(
      // What it is may be a key: it is not shown.
      `${owner} has a value of type ${typeof value} as its ${name}, where a model belongs: make one, as in OpenAILLM({ model: "gpt-4o-mini" }).`
    )
  if (kind !== "plain") return
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

const isModel = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "parameters" in value && "open" in value
