/** Tools: functions that a model may call while it answers, typed by the schema of their arguments. */
import * as Schema from "effect/Schema"
import type { ColumnSchema, ValueOf } from "../columns/Columns.ts"
import { jsonSchemaOf } from "../models/chat/jsonSchema.ts"
import { type ToolCall, ToolCalls, type ToolSpec } from "../models/chat/tools.ts"

/** A function that a model may call. */
export interface Tool {
  readonly name: string
  readonly description?: string
  readonly parameters: ColumnSchema
  /** Carries a call out; without it calls end in the row. */
  readonly run?: (args: never) => unknown
}

/** What is written down of a tool. */
export interface ToolOptions<Parameters extends ColumnSchema> {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string
  /** What it does and when to call it: the model reads it. */
  readonly description?: string
  /** The arguments, which are an object. */
  readonly parameters: Parameters
  /**
   * Carries a call out: a value, or a promise or an effect of one. What it gives is told to the
   * model: a text as it is, anything else as JSON; what it throws, too. Without it, calls of the
   * tool end in column `tool_calls`.
   */
  readonly run?: (args: ValueOf<Parameters>) => unknown
}

/**
 * Makes a function a tool for option `tools` of `TextGeneration`.
 *
 * @example
 *   const weather = tool({
 *     name: "weather",
 *     description: "The weather in a city, in degrees Celsius.",
 *     parameters: Schema.Struct({ city: Schema.String }),
 *     run: ({ city }) => ({ city, degrees: 24 })
 *   })
 */
export const tool = <Parameters extends ColumnSchema>(options: ToolOptions<Parameters>): Tool => {
  if (!/^[\w-]{1,64}$/.test(options.name))
    throw new RangeError(
      `A tool is called '${options.name}'. Name it with letters, digits, _ and -, at most 64 of them.`
    )
  return options
}

/** A tool as models are told of it. */
export const specOf = ({ description, name, parameters }: Tool): ToolSpec => ({
  name,
  ...(description === undefined ? {} : { description }),
  parameters: jsonSchemaOf(parameters, name).schema
})

/** The columns of a task with tools. */
export interface ToolColumns {
  /** Calls that the model asked for, oldest first. */
  readonly tool_calls: ReadonlyArray<ToolCall>
  /** The whole chat, with all calls and what they gave. */
  readonly transcript: ReadonlyArray<TranscriptItem>
}

/** A message of a transcript. */
export interface TranscriptItem {
  readonly role: "system" | "user" | "assistant" | "tool"
  readonly content: string
  readonly tool_calls?: ReadonlyArray<ToolCall>
  readonly tool_call_id?: string
  readonly name?: string
}

/** The same at run time. */
export const toolColumns = {
  tool_calls: ToolCalls,
  transcript: Schema.Array(
    Schema.Struct({
      role: Schema.Literals(["system", "user", "assistant", "tool"]),
      content: Schema.String,
      tool_calls: Schema.optionalKey(ToolCalls),
      tool_call_id: Schema.optionalKey(Schema.String),
      name: Schema.optionalKey(Schema.String)
    })
  )
}
