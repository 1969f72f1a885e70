/** Steps whose rows may not be in the document: it then asks for them when it is run. */
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Row } from "../columns/Row.ts"
import type { Reading } from "../document/classes/Registry.ts"
import { makeStep } from "../step/makeStep.ts"
import type { StepData } from "../step/Step.ts"
import type { StepFailed } from "../step/StepFailed.ts"
import { stepConnected } from "../step/unconnected.ts"
import type { GeneratorWorker } from "../step/Worker.ts"

interface WithRows {
  readonly name: string
  readonly data?: ReadonlyArray<Row>
  readonly batchSize?: number
  readonly outputMappings?: Readonly<Record<string, string>>
}

type Make = (options: Readonly<Record<string, unknown>>) => StepData

/**
 * Makes the step with the rows of the document, or those that were given when it was loaded, or
 * else one that wants them when it is run.
 */
export const withRows = (
  make: Make,
  options: Readonly<Record<string, unknown>>,
  at: Reading
): StepData => {
  const given = options as object as WithRows
  const data = at.rows ?? given.data
  return data === undefined ? askingForRows(make, given) : make({ ...options, data })
}

const Rows = Schema.Array(Schema.Record(Schema.String, Schema.Unknown))

const askingForRows = (make: Make, options: WithRows): StepData => {
  const made = (values: object): StepData => {
    const step = make({ data: [], ...options, ...values })
    // It stands in no graph, and nobody forgot it.
    stepConnected(step)
    return step
  }
  const {
    parameters: { batchSize: _, ...parameters },
    type,
    values
  } = made({})
  const { batchSize, name, outputMappings, ...own } = options
  const step = makeStep({
    name,
    type,
    kind: "generator",
    gives: () => ({ columns: {}, open: true }),
    outputMappings,
    batchSize,
    parameters: { data: Rows, ...parameters },
    values,
    options: { ...own, batchSize, outputMappings },
    open: (given) => made(given).open as Effect.Effect<GeneratorWorker, StepFailed>
  })
  return step as unknown as StepData
}
