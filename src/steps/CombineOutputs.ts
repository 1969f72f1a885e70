/** Combines the rows of several branches into one. */
import * as Effect from "effect/Effect"
import type { MappedRows } from "../columns/mapping.ts"
import { mergedMetadata } from "../columns/metadata.ts"
import type { Passes, Row } from "../columns/Row.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { JoinStep } from "../step/Step.ts"
import { RowFailed } from "../step/StepFailed.ts"
import { stepOf } from "../step/stepOf.ts"

export interface CombineOutputsOptions<Name extends string, OutputMap = {}> {
  readonly name: Name
  /** New names for columns of the branches: `{ generation: "answer" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "CombineOutputs",
  about:
    "Lays the rows of the branches over one another: all columns of all branches, later branches winning; `distilabel_metadata` is merged.",
  options: {},
  defaults: {},
  python: {}
})

/**
 * Lays the rows of the branches over one another: all columns of all branches, later branches
 * winning; `distilabel_metadata` is merged.
 *
 * @example
 *   const both = CombineOutputs({ name: "both" })
 *
 * @adds the columns of all branches
 * @fails RowFailed if a branch did not give exactly one row
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/combineoutputs/
 */
export const CombineOutputs = defined(
  definition,
  <const Name extends string, const OutputMap extends Readonly<Record<string, string>> = {}>(
    options: CombineOutputsOptions<Name, OutputMap>
  ): JoinStep<Name, {}, MappedRows<Passes, {}, OutputMap>, StepParameters, "one"> =>
    stepOf(definition, options, {
      kind: "join",
      armRows: "one",
      gives: (have) => have,
      open: () =>
        Effect.succeed({ kind: "join", process: (arms) => [combined(options.name, arms)] })
    })
)

const combined = (step: string, arms: ReadonlyArray<ReadonlyArray<Row>>): Row => {
  const wrong = arms.findIndex((rows) => rows.length !== 1)
  if (wrong >= 0) {
    throw new RowFailed({
      step,
      reason: "NotOneRow",
      detail: `branch ${wrong + 1} of ${arms.length} gave ${arms[wrong]!.length} rows, not one. Use GroupColumns where branches filter or multiply rows.`
    })
  }
  const rows = arms.flat()
  return { ...(Object.assign({}, ...rows) as Row), ...mergedMetadata(rows) }
}
