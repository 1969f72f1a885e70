/** Tools: functions that a model may ask for in its answer, and what they gave. */
import * as Schema from "effect/Schema"

/** A function as a model is told of it. */
export interface ToolSpec {
  readonly name: string
  readonly description?: string
  /** The JSON schema of its arguments, which are an object. */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** Whether a model calls tools: as it likes, never, at least one, or one by its name. */
export type ToolChoice = "auto" | "none" | "required" | { readonly tool: string }

/** A call that a model asks for. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON, as the model wrote it. */
  readonly arguments: string
}

/** What an assistant said together with the calls that it asks for. */
export interface CallingItem {
  readonly role: "assistant"
  readonly content: string
  readonly tool_calls: ReadonlyArray<ToolCall>
}

/** What a call gave. */
export interface ToolResultItem {
  readonly role: "tool"
  readonly content: string
  readonly tool_call_id: string
  readonly name: string
}

/** What a request says of tools, as an API spells it; nothing where it offers none. */
export const whereOffered = <Fields extends object>(
  {
    toolChoice,
    tools = []
  }: {
    readonly tools?: ReadonlyArray<ToolSpec> | undefined
    readonly toolChoice?: ToolChoice | undefined
  },
  spelled: (tools: ReadonlyArray<ToolSpec>, choice: ToolChoice | undefined) => Fields
): Partial<Fields> => (tools.length === 0 ? {} : spelled(tools, toolChoice))

/** Calls as a column. */
export const ToolCalls = Schema.Array(
  Schema.Struct({ id: Schema.String, name: Schema.String, arguments: Schema.String })
)

/** The arguments of a call as a value; an empty object where they are no object in JSON. */
export const argumentsOf = (call: ToolCall): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(call.arguments)
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}
