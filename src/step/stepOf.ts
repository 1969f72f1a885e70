/** Steps of a defined class: options become parameters, values and what documents write. */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import { own } from "../columns/own.ts"
import { required } from "../columns/Shape.ts"
import type { AnyDefinition } from "./Definition.ts"
import { makeStep, type ParameterValues, type StepSpec } from "./makeStep.ts"
import { kindOf } from "./options.ts"
import type { AnyStep } from "./Step.ts"

/** Options that a constructor was given: those that every step has, and those of its class. */
export interface ConstructorOptions {
  readonly name: string
  readonly inputBatchSize?: number | undefined
  readonly batchSize?: number | undefined
  readonly inputMappings?: unknown
  readonly outputMappings?: unknown
  readonly useCache?: boolean | undefined
}

/** What a class says of one of its steps besides its options. */
export type Work = Omit<
  StepSpec,
  | "name"
  | "type"
  | "cites"
  | "tags"
  | "findingsOf"
  | "inputMappings"
  | "outputMappings"
  | "batchSize"
  | "useCache"
>

/**
 * Makes a step of a defined class with its precise type `S`. Its parameters and their values are
 * those that the definition lists, unless `work` says more of them.
 */
export const stepOf = <S extends AnyStep>(
  definition: AnyDefinition,
  options: ConstructorOptions,
  work: Work
): S => {
  const { batchSize, inputBatchSize, inputMappings, name, outputMappings, useCache } = options
  const given = secretsHidden(definition, options)
  return makeStep<S>({
    name,
    type: definition.type,
    cites: definition.cites,
    tags: definition.tags,
    findingsOf: definition.findingsOf,
    inputMappings: inputMappings as Readonly<Record<string, string>> | undefined,
    outputMappings: outputMappings as Readonly<Record<string, string>> | undefined,
    batchSize: batchSize ?? inputBatchSize,
    useCache,
    options: given,
    ...work,
    parameters: { ...work.parameters, ...parametersOf(definition) },
    values: { ...work.values, ...valuesOf(definition, given) }
  })
}

/** What `run` may set: an option that the run needs must be set where the step has none. */
const parametersOf = ({ needs = [], options, parameters = [] }: AnyDefinition): Columns =>
  Object.fromEntries(
    parameters.map((name) => {
      const schema = required(options[name]!)
      return [name, needs.includes(name) ? schema : Schema.optionalKey(schema)]
    })
  )

const valuesOf = ({ parameters = [] }: AnyDefinition, given: ParameterValues): ParameterValues =>
  Object.fromEntries(
    parameters.flatMap((name) => (own(given, name) === undefined ? [] : [[name, given[name]]]))
  )

/** The options with their secrets wrapped, so that no document and no message shows them. */
const secretsHidden = (
  { options: fields }: AnyDefinition,
  options: ConstructorOptions
): ParameterValues =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      typeof value === "string" && name in fields && kindOf(fields[name]!) === "secret"
        ? Redacted.make(value)
        : value
    ])
  )
