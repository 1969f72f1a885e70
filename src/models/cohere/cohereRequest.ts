/** Cohere's requests: the way from a question to the body that its chat takes. */
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import type { ToolChoice, ToolSpec } from "../chat/tools.ts"
import { turnOf } from "../chatCompletions/chatTools.ts"
import { defined } from "../http/wireValues.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"

/** Cohere forces no tool by its name: one that is meant is the only one. */
const toolsOf = (
  tools: ReadonlyArray<ToolSpec>,
  choice: ToolChoice | undefined
): ReadonlyArray<object> | undefined =>
  tools.length === 0
    ? undefined
    : tools
        .filter(({ name }) => typeof choice !== "object" || choice.tool === name)
        .map((tool) => ({ type: "function", function: tool }))

/** The request's body: what was given, and nothing else. */
export const cohereRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput, toolChoice, tools = [] }: GenerateRequest,
  stream: boolean
): Readonly<Record<string, unknown>> => {
  const format = jsonFormat(structuredOutput)
  return defined({
    model,
    messages: messages.map(turnOf),
    tools: toolsOf(tools, toolChoice),
    tool_choice:
      toolChoice === "none"
        ? "NONE"
        : toolChoice === undefined || toolChoice === "auto"
          ? undefined
          : "REQUIRED",
    response_format: format && { type: "json_object", json_schema: format.schema },
    stream: stream || undefined,
    ...wireKwargs(generationKwargs)
  })
}
