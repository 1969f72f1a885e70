/** What steps that let a model score have in common: options, parameters, and the step itself. */
import type { Columns, DeclaredColumns } from "../../columns/Columns.ts"
import { type Inputs, readsOf } from "../../columns/inputs.ts"
import type { Row } from "../../columns/Row.ts"
import { withColumns } from "../../columns/Shape.ts"
import type { ParametersOf } from "../../models/chat/Model.ts"
import type { AnyScores, ScoreRequest } from "../../models/chat/Scores.ts"
import type { AnyDefinition } from "../../step/Definition.ts"
import type { StepParameters } from "../../step/makeStep.ts"
import { modelParameters } from "../../step/openModel.ts"
import { checkScores, scoreWorker } from "../../step/scoreWorker.ts"
import type { AnyStep } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"

export interface ScoringOptions<Name extends string, Model extends AnyScores, InputMap, OutputMap> {
  readonly name: Name
  /** The model that scores: `ServedScores`. */
  readonly llm: Model
  /** Rows in one batch, where batches are routed; rows do not wait for one another. Default 50. */
  readonly inputBatchSize?: number
  /** False to ask for all scores again on every run. Default true. */
  readonly useCache?: boolean
  /** The flow's columns under the step's own names: `{ response: "generation" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

/** What `run({ parameters })` may set. */
export type ScoringParameters<Model extends AnyScores> = StepParameters & {
  readonly llm?: ParametersOf<Model>
}

interface Scoring {
  readonly reads: Inputs
  readonly adds: DeclaredColumns
  /** What is scored of a row. Throws if the row holds nothing to score. */
  readonly asks: (row: Row) => ScoreRequest["asked"]
  readonly columnsOf: (scores: ReadonlyArray<number>, row: Row) => Row
}

/** Makes a step that lets a model score. */
export const scoringStep = <S extends AnyStep>(
  definition: AnyDefinition,
  options: ScoringOptions<string, AnyScores, unknown, unknown>,
  { adds, asks, columnsOf, reads }: Scoring
): S => {
  const { llm, name, useCache } = options
  const columns = adds as Columns
  return stepOf<S>(definition, options, {
    kind: "step",
    ...readsOf(reads),
    gives: (have) => withColumns(have, columns),
    extendsRows: true,
    declares: { columns, open: false },
    parameters: { llm: modelParameters(llm) },
    check: () => checkScores(name, llm),
    open: ({ llm: parameters }) => scoreWorker({ name, llm, parameters, useCache }, asks, columnsOf)
  })
}
