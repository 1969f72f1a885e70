/** Tools as chat completions have them: in requests, in the turns of a chat, in answers. */
import type { ChatMessage } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { type ToolCall, type ToolChoice, whereOffered } from "../chat/tools.ts"
import { list, record, textIn } from "../http/wireValues.ts"

/** The tools of a request. */
export const toolFields = (offered: Pick<GenerateRequest, "toolChoice" | "tools">) =>
  whereOffered(offered, (tools, choice) => ({
    tools: tools.map((tool) => ({ type: "function", function: tool })),
    ...(choice === undefined ? {} : { tool_choice: choiceOf(choice) })
  }))

const choiceOf = (choice: ToolChoice) =>
  typeof choice === "string" ? choice : { type: "function", function: { name: choice.tool } }

/** A message with its calls, or what one gave. */
export const turnOf = (message: ChatMessage): object => {
  if (message.role === "tool") {
    const { content, role, tool_call_id } = message
    return { role, tool_call_id, content }
  }
  if (!("tool_calls" in message)) return message
  const { content, role, tool_calls } = message
  return {
    role,
    content,
    tool_calls: tool_calls.map(({ id, ...call }) => ({ id, type: "function", function: call }))
  }
}

/** Calls as servers write them: arguments in JSON, or as they are; some give no ids. */
export const callsIn = (calls: unknown): ReadonlyArray<ToolCall> =>
  list(calls)
    .map(record)
    .flatMap((call, i) => {
      const { arguments: given, name } = record(call["function"])
      const named = textIn(name)
      if (named === undefined) return []
      return [
        {
          id: textIn(call["id"]) ?? `call_${i}`,
          name: named,
          arguments: typeof given === "string" ? given : JSON.stringify(given ?? {})
        }
      ]
    })
