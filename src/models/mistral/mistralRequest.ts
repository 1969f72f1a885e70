/** Mistral's requests: the way from a question to what its SDK takes. */
import type { ChatCompletionRequest } from "@mistralai/mistralai/models/components/chatcompletionrequest.js"
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { Chat, ChatItem } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { keepsStrictRules } from "../chat/strictSchema.ts"
import type { ToolChoice } from "../chat/tools.ts"
import type { Dialect } from "../chatCompletions/Dialect.ts"
import { defined } from "../http/wireValues.ts"
import type { MistralGenerationKwargs } from "./MistralOptions.ts"

/** The request: what was given, and nothing else. */
export const mistralRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput, toolChoice, tools = [] }: GenerateRequest,
  { stream, strict }: Dialect
): ChatCompletionRequest => {
  const { maxNewTokens, seed, temperature, topP } = generationKwargs as MistralGenerationKwargs
  const format = jsonFormat(structuredOutput)
  const request = defined({
    model,
    messages: messagesOf(messages),
    stream: stream || undefined,
    maxTokens: maxNewTokens,
    temperature,
    topP,
    randomSeed: seed,
    tools:
      tools.length === 0 ? undefined : tools.map((each) => ({ type: "function", function: each })),
    toolChoice: tools.length === 0 ? undefined : choiceOf(toolChoice),
    responseFormat: format && {
      type: "json_schema",
      jsonSchema: {
        name: format.name,
        schemaDefinition: format.schema,
        ...(strict && keepsStrictRules(format.schema) ? { strict } : {})
      }
    }
  })
  return request as unknown as ChatCompletionRequest
}

/**
 * The messages as Mistral wants them; one of the assistant at the end is the beginning of its
 * answer.
 */
const messagesOf = (chat: Chat): ChatCompletionRequest["messages"] =>
  chat.map((item, index) => {
    if (item.role === "tool") {
      const { content, name, role, tool_call_id } = item
      return { role, content, name, toolCallId: tool_call_id }
    }
    const content = contentOf(item)
    if ("tool_calls" in item)
      return {
        role: item.role,
        content,
        toolCalls: item.tool_calls.map(({ id, ...call }) => ({ id, function: call }))
      }
    return item.role === "assistant"
      ? { role: "assistant", content, ...(index === chat.length - 1 ? { prefix: true } : {}) }
      : { role: item.role, content }
  }) as ChatCompletionRequest["messages"]

/** At least one is what Mistral calls any. */
const choiceOf = (choice: ToolChoice | undefined): unknown =>
  choice === "required"
    ? "any"
    : typeof choice === "object"
      ? { type: "function", function: { name: choice.tool } }
      : choice

const contentOf = ({ content }: Pick<ChatItem, "content">) =>
  typeof content === "string"
    ? content
    : content.map((part) =>
        part.type === "text" ? part : { type: part.type, imageUrl: part.image_url }
      )
