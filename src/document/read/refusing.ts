/**
 * Steps that are not all here: they can be looked at, wired and drawn, and refuse to run with the
 * way to mend it.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Columns } from "../../columns/Columns.ts"
import { type Shape, withColumns } from "../../columns/Shape.ts"
import { makeStep, type ParameterValues } from "../../step/makeStep.ts"
import type { AnyStep, RowCount, StepData, StepKind } from "../../step/Step.ts"
import { StepFailed } from "../../step/StepFailed.ts"
import { stepConnected } from "../../step/unconnected.ts"
import type { MissingPart } from "../classes/Registry.ts"

/** What a document tells of a step whose class is not here. */
export interface UnknownStepSpec {
  readonly name: string
  readonly type: string
  readonly kind: StepKind
  readonly rowCount?: RowCount | undefined
  readonly inputMappings: Readonly<Record<string, string>>
  readonly outputMappings: Readonly<Record<string, string>>
  readonly batchSize?: number | undefined
  readonly parameters: Columns
  /** The columns that it reads and gives, where the document says so. */
  readonly inputs?: Columns | undefined
  readonly outputs?: Shape | undefined
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * A step of a class that is not here. What it reads and gives is not known, so that whatever comes
 * after it is let pass.
 */
export const unknownStep = (spec: UnknownStepSpec): StepData => {
  const anything = (columns: ReadonlyArray<string>): Columns =>
    Object.fromEntries(columns.map((column) => [column, Schema.Any]))
  const given = spec.outputs ?? { columns: anything(Object.keys(spec.outputMappings)), open: true }
  return makeStep<AnyStep & StepData>({
    name: spec.name,
    type: spec.type,
    kind: spec.kind,
    ...(spec.rowCount === undefined ? {} : { rowCount: spec.rowCount }),
    reads: spec.inputs ?? anything(Object.keys(spec.inputMappings)),
    gives: (have) =>
      spec.kind === "generator"
        ? given
        : { ...withColumns(have, given.columns), open: have.open || given.open },
    inputMappings: spec.inputMappings,
    outputMappings: spec.outputMappings,
    batchSize: spec.batchSize,
    parameters: spec.parameters,
    options: spec.options,
    open: () =>
      Effect.fail(
        new StepFailed({
          step: spec.name,
          phase: "load",
          reason: "Missing",
          detail: "its class is not here"
        })
      )
  })
}

/** The same step with what the document says of every step, which stays when its parameters are set. */
export const overlaid = (
  step: StepData,
  over: Partial<Pick<StepData, "name" | "mappings" | "useCache" | "batchSize" | "batchSizeGiven">>
): StepData => {
  // The step that was made is in the graph by what is laid over it.
  stepConnected(step)
  const configure = (parameters: ParameterValues): StepData => {
    const configured = step.configure(parameters)
    const resized =
      parameters["batchSize"] !== undefined || parameters["inputBatchSize"] !== undefined
    return overlaid(
      configured,
      resized ? { ...over, batchSize: configured.batchSize, batchSizeGiven: true } : over
    )
  }
  return { ...step, ...over, configure }
}

/** The same step, but it refuses to run and says why. */
export const refusing = (
  step: StepData,
  parts: ReadonlyArray<Omit<MissingPart, "steps">>
): StepData => ({
  ...step,
  configure: (parameters: ParameterValues) => refusing(step.configure(parameters), parts),
  open: Effect.fail(
    new StepFailed({
      step: step.name,
      phase: "load",
      reason: "Missing",
      detail: parts.map(missingText).join("; ")
    })
  )
})

const kinds: Readonly<Record<MissingPart["kind"], string>> = {
  step: "class",
  model: "model class",
  schema: "schema",
  function: "function",
  routing: "routing function"
}

/** One missing part as a sentence: what it is and how to give it. */
export const missingText = ({ give, kind, module, name }: Omit<MissingPart, "steps">): string =>
  `the ${kinds[kind]} '${name}'${module === "" ? "" : ` of '${module}'`} is not here. Give it where the document is loaded: { ${give} }`
