/** Own generators: a function that makes rows. */
import * as Effect from "effect/Effect"
import type { Columns, RowOf } from "../columns/Columns.ts"
import { type OutputRow, type Outputs, outputsOf } from "../columns/inputs.ts"
import type { Names, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import { defined } from "./Definition.ts"
import type { GeneratorParameters, ParameterValues } from "./makeStep.ts"
import { generatorStepDefinition } from "./ownDefinitions.ts"
import type { ParametersFor } from "./OwnStepOptions.ts"
import type { GeneratorStep } from "./Step.ts"
import { stepOf } from "./stepOf.ts"
import { type StepTools, toolsOf } from "./StepTools.ts"
import type { Produced } from "./Worker.ts"

/** What a generator's function must give: the declared columns, and others if the source is open. */
export type GeneratedRow<Out extends Outputs> = Out extends {
  readonly "~known": infer Known extends Columns
}
  ? RowOf<Known> & Row
  : Out extends Columns
    ? RowOf<Out>
    : never

/**
 * Makes a step that makes rows: from an API, a database, a random generator.
 *
 * `process` gets the position to start from and gives rows one by one; rows it gives again for the
 * same offset must be the same.
 *
 * @example
 *   const numbers = generatorStep({
 *     name: "numbers",
 *     outputs: { n: Schema.Number },
 *     *process({ offset }) {
 *       for (let n = offset; n < 100; n++) yield { n }
 *     }
 *   })
 *
 * @adds the declared outputs
 * @fails StepFailed if `process` throws or fails: the run ends
 */
export const generatorStep = defined(
  generatorStepDefinition,
  <
    const Name extends string,
    Out extends Outputs,
    Parameters extends Columns = {},
    const Defaults = {},
    const OutputMap extends Names<OutputRow<Out>> = {},
    R = never
  >(options: {
    readonly name: Name
    /** Columns of the rows; `open(...)` if some are known only at run time. */
    readonly outputs: Out
    readonly parameters?: Parameters
    readonly defaults?: Defaults & Partial<RowOf<Parameters>>
    /** Rows in one batch. Default 50. */
    readonly batchSize?: number
    readonly outputMappings?: OutputMap
    readonly process: (
      from: { readonly offset: number; readonly parameters: RowOf<NoInfer<Parameters>> } & StepTools
    ) => Produced<GeneratedRow<NoInfer<Out>>, R>
  }): GeneratorStep<
    Name,
    RenamedOut<OutputRow<Out>, {}, OutputMap>,
    GeneratorParameters & ParametersFor<Parameters, Defaults>,
    R
  > => {
    const outputs = outputsOf(options.outputs)
    const process = options.process as (
      from: { offset: number; parameters: ParameterValues } & StepTools
    ) => Produced<Row>
    return stepOf(generatorStepDefinition, options, {
      kind: "generator",
      gives: () => outputs,
      declares: outputs,
      ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
      values: options.defaults ?? {},
      open: (parameters) =>
        Effect.map(toolsOf(options.name), (tools) => ({
          kind: "generator",
          generate: (offset) => process({ offset, parameters, ...tools })
        }))
    })
  }
)
