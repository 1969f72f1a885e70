/** Inspection: what a pipeline is made of, as plain data, for those who show it. */
import * as Redacted from "effect/Redacted"
import { type Columns, isOptional } from "../columns/Columns.ts"
import { own } from "../columns/own.ts"
import { emptyShape, type Shape } from "../columns/Shape.ts"
import { typeName } from "../columns/typeNames.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { readsInFlow } from "../step/mapping.ts"
import type { Mappings, RowCount, StepData, StepKind } from "../step/Step.ts"
import type { MissingPart } from "./classes/Registry.ts"
import { type DocumentWarning, isLoaded } from "./read/LoadedPipeline.ts"
import { isRecord } from "./tree/Tree.ts"
import { fieldsOf } from "./write/parametersInfo.ts"

/** A column: its name in the flow and its type in the words of TypeScript. */
export interface ColumnInspection {
  readonly column: string
  readonly type: string
  /** Whether rows may lack it. */
  readonly optional: boolean
}

/** A parameter that `run` may set. */
export interface ParameterInspection {
  /** The way to it within the step: `llm.generationKwargs.temperature`. */
  readonly path: string
  readonly type: string
  /** Whether `run` must set it. */
  readonly required: boolean
  /** What it is if `run` does not set it, where that is known; secrets are not told. */
  readonly value?: unknown
}

/** A step of a pipeline. */
export interface StepInspection {
  readonly name: string
  /** The class that documents name. */
  readonly type: string
  readonly kind: StepKind
  readonly rowCount: RowCount
  readonly batchSize: number
  /** The step's model, if it has one. */
  readonly model?: { readonly type: string; readonly model: string } | undefined
  /** Columns that it reads; of `readsOneOf` one set. */
  readonly reads: ReadonlyArray<ColumnInspection>
  readonly readsOneOf: ReadonlyArray<ReadonlyArray<ColumnInspection>>
  /** Columns that come to it, that it adds or changes, and that it takes away. */
  readonly before: ReadonlyArray<ColumnInspection>
  readonly adds: ReadonlyArray<ColumnInspection>
  readonly removes: ReadonlyArray<string>
  /** Columns of the rows that go on. */
  readonly after: ReadonlyArray<ColumnInspection>
  /** Whether rows that go on may have columns that nobody knows before the run. */
  readonly open: boolean
  readonly mappings: Mappings
  readonly parameters: ReadonlyArray<ParameterInspection>
  /** What it lacks; while there is anything, it refuses to run. */
  readonly missing: ReadonlyArray<MissingPart>
}

/** A pipeline. */
export interface Inspection {
  readonly name: string
  readonly description?: string | undefined
  readonly steps: ReadonlyArray<StepInspection>
  readonly connections: ReadonlyArray<{ readonly from: string; readonly to: string }>
  readonly routings: ReadonlyArray<{
    readonly from: string
    readonly to: ReadonlyArray<string>
    readonly by: "row" | "batch"
    readonly description?: string | undefined
  }>
  readonly leaves: ReadonlyArray<string>
  readonly missing: ReadonlyArray<MissingPart>
  readonly warnings: ReadonlyArray<DocumentWarning>
}

/**
 * Tells what a pipeline is made of: steps with their columns and parameters, connections, and what
 * is missing. Nothing is run.
 *
 * @example
 *   for (const step of inspect(pipeline).steps) console.log(step.name, step.reads, step.adds)
 */
export const inspect = (pipeline: AnyPipeline): Inspection => {
  const { description, graph, name } = pipeline
  const missing = isLoaded(pipeline) ? pipeline.missing : []
  const nodes = [...graph.nodes.values()]
  return {
    name,
    ...(description === undefined ? {} : { description }),
    steps: nodes.map((node) =>
      inspectStep(
        node.step,
        graph.incoming.get(node.name) ?? emptyShape,
        graph.outgoing.get(node.name) ?? emptyShape,
        missing
      )
    ),
    connections: nodes.flatMap((node) => node.from.map((from) => ({ from, to: node.name }))),
    routings: graph.routings.map(({ by, from, to }) => ({
      from,
      to,
      ...(typeof by === "function"
        ? { by: "row" as const }
        : { by: "batch" as const, description: by.description })
    })),
    leaves: graph.leaves,
    missing,
    warnings: isLoaded(pipeline) ? pipeline.warnings : []
  }
}

const inspectStep = (
  step: StepData,
  before: Shape,
  after: Shape,
  missing: ReadonlyArray<MissingPart>
): StepInspection => {
  const reads = readsInFlow(step)
  const added = Object.fromEntries(
    Object.entries(after.columns).filter(
      ([column, schema]) => own(before.columns, column) !== schema
    )
  )
  const model = modelOf(step)
  return {
    name: step.name,
    type: step.type,
    kind: step.kind,
    rowCount: step.rowCount,
    batchSize: step.batchSize,
    ...(model === undefined ? {} : { model: { type: model.type, model: model.model } }),
    reads: columnsOf(reads.columns),
    readsOneOf: reads.oneOf.map(columnsOf),
    before: columnsOf(before.columns),
    adds: columnsOf(added),
    removes: Object.keys(before.columns).filter((column) => !Object.hasOwn(after.columns, column)),
    after: columnsOf(after.columns),
    open: after.open,
    mappings: step.mappings,
    parameters: parametersOf(step.parameters, valuesOf(step), ""),
    missing: missing.filter(({ steps }) => steps.includes(step.name))
  }
}

const columnsOf = (columns: Columns): ReadonlyArray<ColumnInspection> =>
  Object.entries(columns).map(([column, schema]) => ({
    column,
    type: typeName(schema),
    optional: isOptional(schema)
  }))

interface Model {
  readonly type: string
  readonly model: string
  readonly options: Readonly<Record<string, unknown>>
  readonly generationKwargs: Readonly<Record<string, unknown>>
}

const modelOf = ({ options: { llm } }: StepData): Model | undefined =>
  typeof llm === "object" &&
  llm !== null &&
  "model" in llm &&
  "options" in llm &&
  "generationKwargs" in llm
    ? (llm as Model)
    : undefined

/** What parameters are when nobody sets them: the step's own, and those of its model. */
const valuesOf = (step: StepData): Readonly<Record<string, unknown>> => {
  const model = modelOf(step)
  const llm =
    model === undefined
      ? {}
      : {
          llm: {
            ...model.options,
            generationKwargs: model.generationKwargs,
            ...(step.values["llm"] as object | undefined)
          }
        }
  return {
    [step.kind === "generator" ? "batchSize" : "inputBatchSize"]: step.batchSize,
    ...step.options,
    ...step.values,
    ...llm
  }
}

const parametersOf = (
  parameters: Columns,
  values: unknown,
  prefix: string
): ReadonlyArray<ParameterInspection> =>
  Object.entries(parameters).flatMap(([name, schema]): ReadonlyArray<ParameterInspection> => {
    const path = `${prefix}${name}`
    const value = isRecord(values) ? (values as Readonly<Record<string, unknown>>)[name] : undefined
    const fields = fieldsOf(schema)
    if (fields !== undefined) return parametersOf(fields, value, `${path}.`)
    const known = value !== undefined && !Redacted.isRedacted(value) && typeof value !== "function"
    return [
      {
        path,
        type: typeName(schema),
        required: !isOptional(schema) && prefix === "",
        ...(known ? { value } : {})
      }
    ]
  })
