/**
 * Tasks: steps that ask a model. A row becomes a chat, answers become columns; each row goes its
 * own way.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Columns } from "../columns/Columns.ts"
import { type Metadata, metadataColumn, MetadataOfOne, withMetadata } from "../columns/metadata.ts"
import type { Adds, Row } from "../columns/Row.ts"
import { withColumns } from "../columns/Shape.ts"
import { columnsWithNull } from "../columns/withNull.ts"
import { askable } from "../models/chat/askable.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { AnswerFormat, JsonSchemaFormat } from "../models/chat/formats.ts"
import { type AnyLLM, type GenerateOutput, requestTo } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import type { Observer } from "../models/chat/LLMEvents.ts"
import type { ParametersOf } from "../models/chat/Model.ts"
import { limitWords } from "../models/chat/tokenLimit.ts"
import { underWay } from "../models/chat/underWay.ts"
import type { AnyDefinition } from "../step/Definition.ts"
import type { ParameterValues, StepParameters } from "../step/makeStep.ts"
import { modelParameters, openModel } from "../step/openModel.ts"
import type { AnyStep, Step } from "../step/Step.ts"
import { detailOf, RowFailed, traceOf } from "../step/StepFailed.ts"
import { stepOf } from "../step/stepOf.ts"
import type { Outcome, RowAtWork } from "../step/Worker.ts"
import type { AnswerDetails, NoAnswer } from "./Answer.ts"
import { answered } from "./answered.ts"
import { answersOf, type Parse, type Told } from "./answers.ts"
import { AttemptsAtRow } from "./AttemptsAtRow.ts"
import { checkedParse, UndeclaredColumns } from "./checkedParse.ts"
import { taskDefaults } from "./taskOptions.ts"

/** What `run({ parameters })` may set of a task. */
export interface TaskParameters<L> extends StepParameters {
  /** Parameters of the model: `{ generationKwargs: { temperature: 0.7 } }`. */
  readonly llm?: ParametersOf<L>
  /** Answers to each row. Default 1. */
  readonly numGenerations?: number
  /** Whether the chat that was sent is kept in `distilabel_metadata`. Default true. */
  readonly addRawInput?: boolean
  /** Whether the model's answer is kept in `distilabel_metadata`. Default true. */
  readonly addRawOutput?: boolean
  /** How often a model whose answer cannot be read is told so and asked again. Default 0. */
  readonly retries?: number
  /** What becomes of an answer that was cut at the limit of tokens. Default `keep`. */
  readonly whenCut?: "keep" | "error" | "retry"
}

/** The step that a ready task makes. */
export interface TaskStep<
  out Type extends string,
  out Name extends string,
  in Need,
  out Out,
  out L extends AnyLLM,
  out Settable = unknown
> extends Step<Name, Need, Adds<Out>, TaskParameters<L> & Settable> {
  readonly type: Type
}

/** Options that every task has. */
export interface TaskOptions<
  Name extends string,
  L extends AnyLLM,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Reasoned extends boolean = false,
  Nulls extends NoAnswer = "error"
> {
  readonly name: Name
  /** The model that answers. */
  readonly llm: L
  /** Answers to each row. Default 1. */
  readonly numGenerations?: number
  /** True for one row with lists of answers, rather than a row for each. Default false. */
  readonly groupGenerations?: Grouped
  /** Whether the chat that was sent is kept in `distilabel_metadata`. Default true. */
  readonly addRawInput?: boolean
  /** Whether the model's answer is kept in `distilabel_metadata`. Default true. */
  readonly addRawOutput?: boolean
  /**
   * How often a model whose answer cannot be read is told so and asked again, in the same chat.
   * Default 0.
   */
  readonly retries?: number
  /**
   * What becomes of an answer that was cut at the limit of tokens: it is kept and marked in
   * `distilabel_metadata`, or makes an error row, or is asked for again, alone, with a limit 4 and
   * then 16 times as large, and makes an error row if it is cut even so. Default `keep`.
   */
  readonly whenCut?: "keep" | "error" | "retry"
  /**
   * What becomes of a row whose answer is missing or empty: an error row, or a row with null, as
   * Python's tasks have it. With `keep` the task's columns may be null. Default `error`.
   */
  readonly nulls?: Nulls
  /**
   * True for a column `reasoning` with what the model thought before it answered, null where it
   * does not tell; else that is in `distilabel_metadata`. Default false.
   */
  readonly reasoning?: Reasoned
  /** False to ask the model on every run, whatever it answered before. Default true. */
  readonly useCache?: boolean
  /** Rows in one batch, where batches are routed; rows do not wait for one another. Default 50. */
  readonly inputBatchSize?: number
  /** The flow's columns under the task's own names: `{ instruction: "prompt" }`. */
  readonly inputMappings?: InputMap
  /** New names for the task's columns: `{ generation: "answer" }`. */
  readonly outputMappings?: OutputMap
}

/**
 * Columns of a task's row: those of one answer, or lists of them, with the model and how they came
 * about. An answer among several that cannot be read is null in the lists.
 */
export type Answered<Out, Grouped, Reasoned, Nulls> = Grouped extends true
  ? {
      readonly [C in keyof Reasoning<Out, Reasoned>]: ReadonlyArray<
        Reasoning<Out, Reasoned>[C] | null
      >
    } & {
      readonly model_name: string
      readonly distilabel_metadata: ReadonlyArray<Metadata>
    }
  : Reasoning<OrNull<Out, Nulls>, Reasoned> & {
      readonly model_name: string
      readonly distilabel_metadata: Metadata
    }

/** Columns of one answer, with what the model thought if that is asked for. */
type Reasoning<Out, Reasoned> = Reasoned extends true
  ? Out & { readonly reasoning: string | null }
  : Out

/** Columns of one answer, which may be null where rows without an answer are kept. */
type OrNull<Out, Nulls> = "keep" extends Nulls ? { readonly [C in keyof Out]: Out[C] | null } : Out

/** The options of a task, whatever it is. */
export type AnyTaskOptions = TaskOptions<
  string,
  AnyLLM,
  boolean,
  unknown,
  unknown,
  boolean,
  NoAnswer
>

/** What makes one task differ from another. */
export interface TaskSpec {
  readonly definition: AnyDefinition
  /** The options, with the defaults of the task's own that the model or the parser works with. */
  readonly options: AnyTaskOptions
  readonly reads: Columns
  readonly oneOf?: ReadonlyArray<Columns>
  /** Columns of one answer. */
  readonly outputs: Columns
  readonly structuredOutput?: JsonSchemaFormat | undefined
  /** What the answer to one row must follow. Throws if the row does not say it well. */
  readonly formatOfRow?: (row: Row) => AnswerFormat | undefined
  /** The chat for a row. Throws if the row cannot be asked about. */
  readonly format: (row: Row) => Chat
  /** The columns of an answer. Throws if it cannot be read. */
  readonly parse: Parse
  /** What it works with where `run` may set options of its own. */
  readonly withValues?:
    | ((
        values: ParameterValues
      ) => Pick<TaskSpec, "format" | "formatOfRow" | "parse" | "structuredOutput">)
    | undefined
}

const Thoughts = Schema.NullOr(Schema.String)

/** Makes a task's step with its precise type. */
export const makeTask = <S extends AnyStep>(spec: TaskSpec): S => {
  const { definition, options } = spec
  const { groupGenerations, llm, name, nulls, reasoning } = { ...taskDefaults, ...options }
  if (reasoning && "reasoning" in spec.outputs)
    throw new RangeError(
      `${definition.type} '${name}' gives a column 'reasoning' of its own. Name that otherwise, or leave option reasoning out.`
    )
  const answer = nulls === "keep" ? columnsWithNull(spec.outputs) : spec.outputs
  const outputs = reasoning ? { ...answer, reasoning: Thoughts } : answer
  const columns = columnsOf(outputs, groupGenerations)
  return stepOf<S>(definition, options, {
    kind: "step",
    rowCount: groupGenerations ? "one-to-one" : "one-to-many",
    reads: spec.reads,
    ...(spec.oneOf === undefined ? {} : { oneOf: spec.oneOf }),
    gives: (have) => withColumns(have, columns),
    parameters: { llm: modelParameters(llm) },
    open: (values) => {
      const undeclared = new UndeclaredColumns(spec)
      const set = { ...spec, ...spec.withValues?.(values) }
      const parse = checkedParse(set.parse, { outputs: spec.outputs, nulls, undeclared })
      return openTask({ ...set, outputs, parse }, undeclared, values)
    }
  })
}

const MetadataOfEach = Schema.Array(MetadataOfOne)

const columnsOf = (outputs: Columns, grouped: boolean): Columns => {
  const each = grouped
    ? Object.fromEntries(
        Object.entries(columnsWithNull(outputs)).map(([column, schema]) => [
          column,
          Schema.Array(schema as Schema.Top)
        ])
      )
    : outputs
  return {
    ...each,
    model_name: Schema.String,
    [metadataColumn]: grouped ? MetadataOfEach : MetadataOfOne
  }
}

const openTask = (spec: TaskSpec, undeclared: UndeclaredColumns, values: ParameterValues) =>
  Effect.gen(function* () {
    const { groupGenerations, name, reasoning, llm: given } = { ...taskDefaults, ...spec.options }
    // `run` checked the values by the schemas of the options.
    const { addRawInput, addRawOutput, numGenerations, retries, whenCut } = {
      ...taskDefaults,
      ...(values as TaskParameters<AnyLLM>)
    }
    const { client, llm } = yield* openModel(
      name,
      given,
      values["llm"] as ParameterValues | undefined
    )
    const told: Told = {
      step: name,
      model: llm.model,
      outputs: Object.keys(spec.outputs),
      grouped: groupGenerations,
      rawInput: addRawInput,
      rawOutput: addRawOutput,
      reasoning,
      whenCut,
      limit: limitWords(llm.generationKwargs)
    }
    const limited =
      told.whenCut === "retry"
        ? (maxNewTokens: number) =>
            llm.configure({ generationKwargs: { maxNewTokens } }).generationKwargs
        : undefined
    const process = (
      row: Row,
      { content, onLate, onRequests, place, retriesFailed }: RowAtWork
    ): Effect.Effect<ReadonlyArray<Outcome>, RowFailed> =>
      Effect.try({
        try: () => [askable(spec.format(row)), spec.formatOfRow?.(row)] as const,
        catch: (thrown) => badInput(name, thrown)
      }).pipe(
        Effect.flatMap(([messages, formatOfRow]) => {
          const request = requestTo(llm, messages, {
            numGenerations,
            structuredOutput: formatOfRow ?? spec.structuredOutput
          })
          const recalls = spec.options.useCache === false ? ("this run" as const) : ("any" as const)
          const question = { ...request, asker: { step: name, row: place, content }, recalls }
          const renew = retriesFailed ? (groupGenerations ? "if none" : "if not each") : "none"
          const attempts = new AttemptsAtRow()
          const counted = underWay(onRequests)
          const observer: Observer = (event) => {
            counted(event)
            attempts.take(event)
          }
          const complain = (index: number, complaint: string): void =>
            attempts.complain(index, complaint)
          return answered({
            client,
            request: question,
            retries,
            renew,
            observer,
            readable: readableBy(told, spec, row),
            complain,
            limited
          }).pipe(
            Effect.matchEffect({
              onSuccess: (output: GenerateOutput) => {
                for (const [i, answer] of output.answers.entries()) {
                  const late = attempts.at(i)
                  if (late !== undefined)
                    onLate({ input: messages, output: answer.text, attempts: late })
                }
                return Effect.as(
                  Effect.suspend(() => undeclared.warn),
                  answersOf(told, row, messages, output, spec.parse)
                )
              },
              onFailure: (error: LLMError) => {
                const outcome = unanswered(told, row, messages, error)
                return error.fatal ? Effect.fail(outcome.failure) : Effect.succeed([outcome])
              }
            })
          )
        })
      )
    return { kind: "row" as const, process }
  })

/** What is wrong with an answer, as its parser says; undefined if it can be read. */
const readableBy =
  ({ limit, whenCut }: Told, { parse }: TaskSpec, row: Row) =>
  (answer: string | null, details: AnswerDetails): string | undefined => {
    const cut = details.finishReason === "length" ? `it was cut at ${limit}` : undefined
    if (cut !== undefined && whenCut !== "keep") return cut
    try {
      parse(answer, row, details)
      return undefined
    } catch (thrown) {
      return cut ?? detailOf(thrown)
    }
  }

const badInput = (step: string, thrown: unknown): RowFailed =>
  thrown instanceof RowFailed
    ? thrown
    : new RowFailed({ step, reason: "BadInput", detail: detailOf(thrown), ...traceOf(thrown) })

/** A row that the model did not answer: nulls, and why. */
const unanswered = (
  { outputs, rawInput, rawOutput, step }: Told,
  row: Row,
  messages: Chat,
  error: LLMError
): { readonly row: Row; readonly failure: RowFailed } => {
  const nulls = Object.fromEntries([...outputs, "model_name"].map((column) => [column, null]))
  const own = {
    ...(rawOutput ? { [`raw_output_${step}`]: null } : {}),
    ...(rawInput ? { [`raw_input_${step}`]: messages } : {})
  }
  return {
    row: {
      ...row,
      ...nulls,
      ...withMetadata(row, own)
    },
    failure: new RowFailed({
      step,
      reason: error.reason,
      detail: error.message,
      attempts: error.attempts,
      fatal: error.fatal
    })
  }
}
