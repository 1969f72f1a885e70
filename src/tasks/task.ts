/** Own tasks: a prompt made from a row, and a function that reads the answer. */
import * as Schema from "effect/Schema"
import type { ColumnSchema, DeclaredColumns, RowOf, ValueOf } from "../columns/Columns.ts"
import { type InputRow, type Inputs, readsOf } from "../columns/inputs.ts"
import type { Mapped, Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Adds, Row } from "../columns/Row.ts"
import { columnsOf } from "../columns/standard.ts"
import type { Chat } from "../models/chat/Chat.ts"
import { jsonSchemaOf, readStructured } from "../models/chat/jsonSchema.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import { defined } from "../step/Definition.ts"
import { ColumnsOption, FunctionOption, InputsOption, SchemaOption } from "../step/options.ts"
import type { Step } from "../step/Step.ts"
import type { AnswerDetails, NoAnswer } from "./Answer.ts"
import { chatOf } from "./chatOf.ts"
import { makeTask } from "./makeTask.ts"
import { taskDefinition } from "./taskOptions.ts"
import type { Answered, TaskOptions, TaskParameters } from "./TaskStep.ts"
import type { Working } from "./Working.ts"

/**
 * What `parse` gets of an answer: a value of the schema, else its text, null if the model gave
 * none.
 */
export type Answer<Structured extends ColumnSchema> = [Structured] extends [never]
  ? string | null
  : ValueOf<Structured>

export interface OwnTaskOptions<
  Name extends string,
  L extends AnyLLM,
  In extends Inputs,
  Out extends DeclaredColumns,
  Grouped extends boolean,
  InputMap,
  OutputMap,
  Structured extends ColumnSchema = never,
  Reasoned extends boolean = false,
  Nulls extends NoAnswer = "error",
  Asks = never,
  Reads = never
> extends TaskOptions<Name, L, Grouped, InputMap, OutputMap, Reasoned, Nulls> {
  /** Columns that `prompt` and `parse` read; `oneOf(...)` for alternatives. Default: none. */
  readonly inputs?: In
  /** Columns that `parse` gives. */
  readonly outputs: Out
  /** What the model is told before the prompt, if the prompt is a text. */
  readonly systemPrompt?: string
  /** What the model is asked about a row: a text, or a chat; or a promise or an effect of one. */
  readonly prompt: (row: InputRow<NoInfer<In>>) => Working<string | Chat, Asks>
  /**
   * Columns from an answer: its text, null if the model gave none, or a value of
   * `structuredOutput`; or a promise or an effect of them. The details tell what the model thought
   * and why the answer ended. What it throws makes the row an error row with that reason.
   */
  readonly parse: (
    answer: Answer<NoInfer<Structured>>,
    row: InputRow<NoInfer<In>>,
    details: AnswerDetails
  ) => Working<RowOf<NoInfer<Out>>, Reads>
  /** Says which code `prompt` and `parse` are, where it cannot be seen in full; see `step`. */
  readonly version?: string
  /**
   * A schema that the answer must follow: the model is asked to keep to it, and `parse` gets its
   * value instead of text.
   */
  readonly structuredOutput?: Structured
}

/** Its own options. */
export const ownTaskOptions = {
  inputs: Schema.optionalKey(InputsOption),
  outputs: ColumnsOption,
  systemPrompt: Schema.optionalKey(Schema.String),
  version: Schema.optionalKey(Schema.String),
  prompt: FunctionOption,
  parse: FunctionOption,
  structuredOutput: Schema.optionalKey(SchemaOption)
}

const definition = taskDefinition({
  type: "Task",
  about:
    "Makes a task from two functions: one writes the prompt for a row, the other reads the answer.",
  options: ownTaskOptions,
  defaults: {},
  madeBy: "task"
})

/**
 * Makes a task from two functions: one writes the prompt for a row, the other reads the answer.
 *
 * @example
 *   const rate = task({
 *     name: "rate",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     inputs: { text: Schema.String },
 *     outputs: { rating: Schema.Number },
 *     prompt: (row) => `Rate this text from 1 to 5, with a number only:\n${row.text}`,
 *     parse: (answer) => ({ rating: Number(answer) })
 *   })
 *
 * @reads the declared inputs
 * @adds the declared outputs, and with option `reasoning` a column of that name for what the model thought; lists of them with `groupGenerations`
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, its answer is cut and `whenCut` is not `keep`, its answer does not fit `structuredOutput`, or `parse` throws
 */
export const task = defined(
  definition,
  <
    const Name extends string,
    L extends AnyLLM,
    Out extends DeclaredColumns,
    In extends Inputs = {},
    const Grouped extends boolean = false,
    const InputMap extends Names<InputRow<In>> = {},
    Structured extends ColumnSchema = never,
    const Reasoned extends boolean = false,
    const Nulls extends NoAnswer = "error",
    const OutputMap extends Names<Answered<RowOf<Out>, Grouped, Reasoned, Nulls>> = {},
    Asks = never,
    Reads = never
  >(
    options: OwnTaskOptions<
      Name,
      L,
      In,
      Out,
      Grouped,
      Mapped<InputMap, InputRow<In>>,
      Mapped<OutputMap, Answered<RowOf<Out>, Grouped, Reasoned, Nulls>>,
      Structured,
      Reasoned,
      Nulls,
      Asks,
      Reads
    >
  ): Step<
    Name,
    Renamed<InputRow<In>, InputMap>,
    Adds<RenamedOut<Answered<RowOf<Out>, Grouped, Reasoned, Nulls>, InputMap, OutputMap>>,
    TaskParameters<L>,
    Asks | Reads
  > => {
    const { inputs, name, outputs, parse, prompt, structuredOutput, systemPrompt } = options
    const read =
      structuredOutput === undefined
        ? undefined
        : readStructured(structuredOutput, `task '${name}'`)
    return makeTask({
      definition,
      options,
      ...readsOf(inputs ?? {}),
      outputs: columnsOf(outputs),
      structuredOutput:
        structuredOutput === undefined ? undefined : jsonSchemaOf(structuredOutput, name),
      format: (row) => chatOf(prompt(row as InputRow<In>) as Working<string | Chat>, systemPrompt),
      parse: (answer, row, details) =>
        parse(
          (read === undefined ? answer : read(answer)) as Answer<Structured>,
          row as InputRow<In>,
          details
        ) as Working<Row>
    })
  }
)
