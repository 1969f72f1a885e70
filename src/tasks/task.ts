/** Own tasks: a prompt made from a row, and a function that reads the answer. */
import type * as Schema from "effect/Schema"
import type { Columns, RowOf } from "../columns/Columns.ts"
import { type InputRow, type Inputs, readsOf } from "../columns/inputs.ts"
import type { Names, Renamed, RenamedOut } from "../columns/mapping.ts"
import type { Adds, Row } from "../columns/Row.ts"
import type { Chat } from "../llms/Chat.ts"
import type { Step } from "../step/Step.ts"
import { jsonSchemaOf } from "./jsonSchema.ts"
import { type Answered, type AnyLLM, makeTask, type TaskOptions, type TaskParameters } from "./makeTask.ts"

export interface OwnTaskOptions<Name extends string, L extends AnyLLM, In extends Inputs, Out extends Columns, Grouped extends boolean, InputMap, OutputMap>
  extends TaskOptions<Name, L, Grouped, InputMap, OutputMap>
{
  /** Columns that `prompt` and `parse` read; `oneOf(...)` for alternatives. Default: none. */
  readonly inputs?: In
  /** Columns that `parse` gives. */
  readonly outputs: Out
  /** What the model is told before the prompt, if the prompt is a text. */
  readonly systemPrompt?: string
  /** What the model is asked about a row: a text, or a chat. */
  readonly prompt: (row: InputRow<NoInfer<In>>) => string | Chat
  /** Columns from an answer; null if the model gave no text. What it throws makes the row an error row with that reason. */
  readonly parse: (answer: string | null, row: InputRow<NoInfer<In>>) => RowOf<NoInfer<Out>>
  /** Says which code `prompt` and `parse` are, where it cannot be seen in full; see `step`. */
  readonly version?: string
  /** A schema that the model is asked to keep to; `parse` still gets text. */
  readonly structuredOutput?: Schema.Constraint
}

/**
 * Makes a task from two functions: one writes the prompt for a row, the other reads the answer.
 *
 * @reads the declared inputs
 * @adds the declared outputs, lists of them with `groupGenerations`
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or `parse` throws
 * @example
 * const rate = task({
 *   name: "rate",
 *   llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *   inputs: { text: Schema.String },
 *   outputs: { rating: Schema.Number },
 *   prompt: (row) => `Rate this text from 1 to 5, with a number only:\n${row.text}`,
 *   parse: (answer) => ({ rating: Number(answer) })
 * })
 */
export const task = <
  const Name extends string,
  L extends AnyLLM,
  Out extends Columns,
  In extends Inputs = {},
  const Grouped extends boolean = false,
  const InputMap extends Names<InputRow<In>> = {},
  const OutputMap extends Names<Answered<RowOf<Out>, Grouped>> = {}
>(options: OwnTaskOptions<Name, L, In, Out, Grouped, InputMap, OutputMap>): Step<
  Name,
  Renamed<InputRow<In>, InputMap>,
  Adds<RenamedOut<Answered<RowOf<Out>, Grouped>, InputMap, OutputMap>>,
  TaskParameters<L>
> => {
  const { inputs, name, outputs, parse, prompt, structuredOutput, systemPrompt } = options
  return makeTask({
    type: "Task",
    options,
    ...readsOf(inputs ?? {}),
    outputs,
    structuredOutput: structuredOutput === undefined ? undefined : jsonSchemaOf(structuredOutput, name),
    format: (row) => {
      const asked = prompt(row as InputRow<In>)
      if (typeof asked !== "string") return asked
      return [...(systemPrompt === undefined ? [] : [{ role: "system" as const, content: systemPrompt }]), { role: "user", content: asked }]
    },
    parse: (answer, row) => parse(answer, row as InputRow<In>) as Row
  })
}
