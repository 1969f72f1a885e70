/**
 * Tasks of several calls at run time: their work asks as often as it likes, for a row that it gets
 * or for one that it makes.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import { type Metadata, metadataColumn, MetadataOfOne } from "../columns/metadata.ts"
import type { Row } from "../columns/Row.ts"
import { withColumns } from "../columns/Shape.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import type { ParametersOf } from "../models/chat/Model.ts"
import { type AskingStep, rowAsking } from "../step/askingWorker.ts"
import type {
  AnyDefinition,
  DocumentValue,
  PythonClass,
  StepDefinition
} from "../step/Definition.ts"
import { indexedAsking } from "../step/indexedAsking.ts"
import type { ParameterValues, StepParameters } from "../step/makeStep.ts"
import { modelParameters } from "../step/openModel.ts"
import { ModelOption, type OptionFields } from "../step/options.ts"
import type { AnyStep } from "../step/Step.ts"
import type { StepLLM } from "../step/StepLLM.ts"
import { stepOf } from "../step/stepOf.ts"
import type { Produced } from "../step/Worker.ts"
import { isPromise, type Working } from "./Working.ts"

/** What `run({ parameters })` may set of a task of several calls. */
export interface CallingParameters<L> {
  /** Parameters of the model: `{ generationKwargs: { temperature: 0.7 } }`. */
  readonly llm?: ParametersOf<L>
  /** Whether the chats that were sent are kept in `distilabel_metadata`. Default true. */
  readonly addRawInput?: boolean
  /** Whether the model's answers are kept in `distilabel_metadata`. Default true. */
  readonly addRawOutput?: boolean
}

/** Options that tasks and generators of several calls share. */
export interface CallingOptions<Name extends string, L extends AnyLLM, OutputMap> {
  readonly name: Name
  /** The model that is asked. */
  readonly llm: L
  /** Whether the chats that were sent are kept in `distilabel_metadata`. Default true. */
  readonly addRawInput?: boolean
  /** Whether the model's answers are kept in `distilabel_metadata`. Default true. */
  readonly addRawOutput?: boolean
  /** False to ask the model on every run, whatever it answered before. Default true. */
  readonly useCache?: boolean
  /** New names for the task's columns. */
  readonly outputMappings?: OutputMap
}

/** Options of a task that asks several times for each row. */
export interface MultiCallOptions<
  Name extends string,
  L extends AnyLLM,
  InputMap,
  OutputMap
> extends CallingOptions<Name, L, OutputMap> {
  /** Rows in one batch, where batches are routed; rows do not wait for one another. Default 50. */
  readonly inputBatchSize?: number
  /** The flow's columns under the task's own names: `{ instruction: "prompt" }`. */
  readonly inputMappings?: InputMap
}

/** Options of a task that makes rows. */
export interface GeneratorTaskOptions<
  Name extends string,
  L extends AnyLLM,
  OutputMap
> extends CallingOptions<Name, L, OutputMap> {
  /** Rows in one batch. Default 50. */
  readonly batchSize?: number
}

/** A task's columns with the model's name and what was asked. */
export type Called<Out> = Out & {
  readonly model_name: string
  readonly distilabel_metadata: Metadata
}

/** The parameters of a task that asks several times for each row. */
export interface MultiCallParameters<L> extends StepParameters, CallingParameters<L> {}

const Flag = Schema.optionalKey(Schema.Boolean)

/** The options, but for those that every step has. The order is that of documents. */
export const callingOptions = { llm: ModelOption, addRawOutput: Flag, addRawInput: Flag }

const callingDefaults = { addRawOutput: true, addRawInput: true } as const

/** Keys of Python's tasks that its tasks of several calls pass over. */
const ignores: Readonly<Record<string, ReadonlyArray<DocumentValue>>> = {
  num_generations: [1],
  group_generations: [false],
  use_default_structured_output: [false]
}

/** What a class of such tasks says besides what all of them have. */
export type CallingPart<Own extends OptionFields, Defaults> = Omit<
  StepDefinition<Own, Defaults>,
  "needs" | "takesMappings" | "valuesIn"
>

/** The definition of a class of such tasks: its own part and what all of them have. */
export const callingDefinition = <const Own extends OptionFields, const Defaults extends object>(
  own: CallingPart<Own, Defaults>
): AnyDefinition => {
  const python: PythonClass | undefined = own.python
  return {
    ...own,
    options: { ...callingOptions, ...own.options },
    defaults: { ...callingDefaults, ...own.defaults },
    parameters: ["addRawInput", "addRawOutput", ...(own.parameters ?? [])],
    ...(python === undefined
      ? {}
      : { python: { ...python, ignores: { ...ignores, ...python.ignores } } })
  }
}

/** What makes one task of several calls differ from another. */
interface CallingSpec<Options> {
  readonly definition: AnyDefinition
  /** The options, with the defaults of the task's own. */
  readonly options: Options
  /** Columns that its work returns. */
  readonly outputs: Columns
}

/** Makes a task that asks several times for each row, with its precise type. */
export const makeMultiCall = <S extends AnyStep>({
  definition,
  oneOf,
  options,
  outputs,
  reads,
  work
}: CallingSpec<MultiCallOptions<string, AnyLLM, unknown, unknown>> & {
  readonly reads: Columns
  readonly oneOf?: ReadonlyArray<Columns>
  /** The work on one row, by the values of parameters. `place` tells the row from all others. */
  readonly work: (
    values: ParameterValues
  ) => (row: Row, llm: StepLLM, place: string) => Working<Row>
}): S => {
  const { llm } = options
  return stepOf<S>(definition, options, {
    kind: "step",
    rowCount: "one-to-one",
    reads,
    ...(oneOf === undefined ? {} : { oneOf }),
    gives: (have) => withColumns(have, columnsOf(outputs)),
    extendsRows: true,
    declares: { columns: checkedColumns(outputs), open: false },
    parameters: { llm: modelParameters(llm) },
    open: (values) => {
      const asking = askingOf(options, values)
      const worked = work(values)
      const { model } = configured(asking)
      return rowAsking(asking, (row, tools, place) => workedRows(worked(row, tools, place), model))
    }
  })
}

/** Makes a task that makes rows by their index, with its precise type. */
export const makeGeneratorTask = <S extends AnyStep>({
  definition,
  options,
  outputs,
  rows,
  several = false,
  work
}: CallingSpec<GeneratorTaskOptions<string, AnyLLM, unknown>> & {
  /** How many indices there are, by the values of parameters: rows, unless one makes several. */
  readonly rows: (values: ParameterValues) => number
  /** Whether an index makes several rows. */
  readonly several?: boolean
  readonly work: (
    values: ParameterValues
  ) => (index: number, llm: StepLLM) => Working<Row | ReadonlyArray<Row>>
}): S => {
  const { llm } = options
  return stepOf<S>(definition, options, {
    kind: "generator",
    goesOn: true,
    gives: () => ({ columns: columnsOf(outputs), open: false }),
    declares: { columns: columnsOf(outputs), open: false },
    parameters: { llm: modelParameters(llm) },
    open: (values) => {
      const asking = askingOf(options, values)
      const worked = work(values)
      const { maxConcurrency, model } = configured(asking)
      const nulls = Object.fromEntries(
        [...Object.keys(outputs), "model_name"].map((column) => [column, null])
      )
      return indexedAsking(
        { ...asking, nulls, count: rows(values), several, atOnce: maxConcurrency },
        (index, tools) => workedRows(worked(index, tools), model)
      )
    }
  })
}

const columnsOf = (outputs: Columns): Columns => ({
  ...outputs,
  model_name: Schema.String,
  [metadataColumn]: MetadataOfOne
})

/** Metadata of earlier tasks may be a list. */
const checkedColumns = (outputs: Columns): Columns => ({
  ...columnsOf(outputs),
  [metadataColumn]: Schema.Unknown
})

const askingOf = (
  { addRawInput, addRawOutput, llm, name, useCache }: CallingOptions<string, AnyLLM, unknown>,
  { llm: parameters, ...values }: ParameterValues
): AskingStep => {
  const tells = { ...callingDefaults, addRawInput, addRawOutput, ...values }
  return {
    name,
    llm,
    parameters,
    useCache,
    tells: { input: tells.addRawInput !== false, output: tells.addRawOutput !== false }
  }
}

/** The model with its run-time parameters. */
const configured = ({ llm, parameters }: AskingStep): AnyLLM =>
  parameters === undefined ? llm : llm.configure(parameters as ParameterValues)

/** The rows that work came to, each with the model's name. */
const workedRows = (working: Working<Row | ReadonlyArray<Row>>, model: string): Produced<Row> => {
  const named = (made: Row | ReadonlyArray<Row>): ReadonlyArray<Row> =>
    // `Array.isArray` does not narrow a readonly list away.
    (Array.isArray(made) ? (made as ReadonlyArray<Row>) : [made as Row]).map((row) => ({
      ...row,
      model_name: model
    }))
  if (Effect.isEffect(working)) return Effect.map(working, named)
  if (isPromise(working)) return working.then(named)
  return named(working)
}
