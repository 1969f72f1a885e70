/** Anthropic's requests: the way from a question to the body that the Messages API takes. */
import type {
  ContentBlockParam,
  MessageCreateParamsNonStreaming,
  MessageParam
} from "@anthropic-ai/sdk/resources/messages/messages"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type Chat, type ContentPart, imageData, textOf } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { systemApart } from "../chat/systemApart.ts"
import { argumentsOf, type CallingItem, type ToolChoice } from "../chat/tools.ts"
import { defined } from "../http/wireValues.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"

/** The API takes no request without a limit. */
const defaultMaxTokens = 4096

/** The request's body: what was given, and a limit of tokens in any case. */
export const messagesRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput, toolChoice, tools = [] }: GenerateRequest,
  stream: boolean
): MessageCreateParamsNonStreaming => {
  const { system, turns } = systemApart(messages)
  const format = jsonFormat(structuredOutput)
  const body = defined({
    model,
    max_tokens: defaultMaxTokens,
    system: system.map(textOf).join("\n\n") || undefined,
    messages: turnsOf(turns),
    tools:
      tools.length === 0
        ? undefined
        : tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
    tool_choice: tools.length === 0 ? undefined : choiceOf(toolChoice),
    output_config: format && { format: { type: "json_schema", schema: format.schema } },
    stream: stream || undefined,
    ...wireKwargs(generationKwargs)
  })
  return body as unknown as MessageCreateParamsNonStreaming
}

/** Calls and what they gave are blocks; all that calls of one turn gave is one turn of the user's. */
const turnsOf = (chat: Chat): ReadonlyArray<MessageParam> => {
  const turns: Array<MessageParam> = []
  for (const message of chat) {
    const { content, role } = message
    if (message.role === "tool") {
      const result = {
        type: "tool_result",
        tool_use_id: message.tool_call_id,
        content: message.content
      } as const
      const before = turns.at(-1)
      if (before?.role === "user" && isResults(before.content)) before.content.push(result)
      else turns.push({ role: "user", content: [result] })
    } else
      turns.push({
        // System messages are apart.
        role: role as "user" | "assistant",
        content:
          "tool_calls" in message
            ? callingBlocks(message)
            : typeof content === "string"
              ? content
              : content.map(blockOf)
      })
  }
  return turns
}

const isResults = (content: MessageParam["content"]): content is Array<ContentBlockParam> =>
  typeof content !== "string" && content.every(({ type }) => type === "tool_result")

/** The API takes no empty text. */
const callingBlocks = ({ content, tool_calls }: CallingItem): Array<ContentBlockParam> => [
  ...(content.trim() === "" ? [] : [{ type: "text" as const, text: content }]),
  ...tool_calls.map((call) => ({
    type: "tool_use" as const,
    id: call.id,
    name: call.name,
    input: argumentsOf(call)
  }))
]

const choiceOf = (choice: ToolChoice | undefined): object | undefined => {
  if (choice === undefined) return undefined
  if (typeof choice === "object") return { type: "tool", name: choice.tool }
  return { type: choice === "required" ? "any" : choice }
}

const blockOf = (part: ContentPart): ContentBlockParam => {
  if (part.type === "text") return part
  const { url } = part.image_url
  const image = imageData(url)
  return image === undefined
    ? { type: "image", source: { type: "url", url } }
    : // The SDK lists the types that the API takes; another one is for the API to refuse.
      {
        type: "image",
        source: { type: "base64", media_type: image.mimeType as "image/png", data: image.data }
      }
}
