/**
 * Runtime parameters: what `run({ parameters })` may set, as a type and as a check with decoded
 * values.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { type Columns, isOptional } from "../columns/Columns.ts"
import { wanted } from "../columns/ranges.ts"
import { shownValue } from "../columns/shownValue.ts"
import { typeName } from "../columns/typeNames.ts"
import type { ParameterValues } from "../step/makeStep.ts"
import type { StepData } from "../step/Step.ts"
import { type Graph, withSteps } from "./Graph.ts"
import {
  MissingParameter,
  type Problem,
  UnknownParameter,
  UnknownStep,
  WrongParameter
} from "./problems.ts"

/** Steps with a parameter that must be set. */
type Demanding<Steps> = {
  [Name in keyof Steps]-?: {} extends Steps[Name] ? never : Name
}[keyof Steps]

/**
 * Parameters of a pipeline's steps, by step name; those of a step with a parameter that must be set
 * are not optional. `Names` are the steps that may be set: names rather than a smaller record, of
 * which the compiler would look at every step again.
 */
export type ParametersOf<Steps, Names extends keyof Steps = keyof Steps> = [
  Demanding<Steps> & Names
] extends [never]
  ? { readonly [Name in Names]?: Steps[Name] }
  : { readonly [Name in Demanding<Steps> & Names]: Steps[Name] } & {
      readonly [Name in Exclude<Names, Demanding<Steps>>]?: Steps[Name]
    }

/** Parameters by step name, as they come from anywhere. */
export type GivenParameters = Readonly<Record<string, ParameterValues | undefined>>

/** The graph with the parameters set, and all that is wrong with them. */
export const withParameters = (
  graph: Graph,
  given: GivenParameters
): { readonly graph: Graph; readonly problems: ReadonlyArray<Problem> } => {
  const known = [...graph.nodes.keys()]
  const problems: Array<Problem> = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((step) => new UnknownStep({ step, known }))
  const configured = withSteps(graph, (step) => {
    const { problems: found, values } = decoded(step, given[step.name] ?? {})
    problems.push(...found)
    // The mappings stay those of the graph: some were given where the step was connected.
    return Object.keys(values).length === 0 || found.length > 0
      ? step
      : { ...step.configure(values), mappings: step.mappings }
  })
  return { graph: configured, problems }
}

const decoded = (
  step: StepData,
  given: ParameterValues
): { readonly values: ParameterValues; readonly problems: ReadonlyArray<Problem> } => {
  const problems: Array<Problem> = []
  const values: Record<string, unknown> = {}
  const known = Object.keys(step.parameters)
  for (const [name, value] of Object.entries(given)) {
    const schema = step.parameters[name]
    if (value === undefined) continue
    if (schema === undefined)
      problems.push(new UnknownParameter({ step: step.name, parameter: name, known }))
    else values[name] = decodedValue(step.name, name, schema, value, problems)
  }
  for (const [name, schema] of Object.entries(step.parameters)) {
    if (!isOptional(schema) && values[name] === undefined && given[name] === undefined) {
      problems.push(
        new MissingParameter({ step: step.name, parameter: name, wants: typeName(schema) })
      )
    }
  }
  return { values, problems }
}

/**
 * The value in the parameter's type. A struct is gone through key by key, so that a problem names
 * the very path.
 */
const decodedValue = (
  step: string,
  path: string,
  schema: Schema.Constraint,
  value: unknown,
  problems: Array<Problem>
): unknown => {
  const fields = fieldsOf(schema)
  if (
    fields !== undefined &&
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value)
  ) {
    const known = Object.keys(fields)
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => {
        const field = fields[key]
        if (field === undefined)
          problems.push(
            new UnknownParameter({
              step,
              parameter: `${path}.${key}`,
              known: known.map((name) => `${path}.${name}`)
            })
          )
        return field === undefined || inner === undefined
          ? []
          : [[key, decodedValue(step, `${path}.${key}`, field, inner, problems)]]
      })
    )
  }
  const plain = schema as Schema.Codec<unknown>
  if (Schema.is(plain)(value)) return value
  const result = Schema.decodeUnknownResult(plain)(value)
  if (Result.isSuccess(result)) return result.success
  problems.push(
    new WrongParameter({ step, parameter: path, wants: wanted(schema), gets: shownValue(value) })
  )
  return undefined
}

const fieldsOf = (schema: Schema.Constraint): Columns | undefined => {
  const inner = "schema" in schema && SchemaAST.isOptional(schema.ast) ? schema.schema : schema
  // Schemas are functions or objects, as they can be called or not.
  return (typeof inner === "object" || typeof inner === "function") &&
    inner !== null &&
    "fields" in inner
    ? (inner.fields as Columns)
    : undefined
}
