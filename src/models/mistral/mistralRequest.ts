/** Mistral's requests: the way from a question to the body that goes over the wire. */
import { jsonFormat } from "../asking/jsonFormat.ts"
import { refusedMedia } from "../asking/refusedMedia.ts"
import type { Chat, ChatItem, ContentPart } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { type Media, mediaOf } from "../chat/media.ts"
import { keepsStrictRules } from "../chat/strictSchema.ts"
import type { ToolChoice } from "../chat/tools.ts"
import type { Dialect } from "../chatCompletions/Dialect.ts"
import { defined } from "../http/wireValues.ts"
import type { MistralGenerationKwargs } from "./MistralOptions.ts"

/** The request's body: what was given, and nothing else. */
export const mistralRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput, toolChoice, tools = [] }: GenerateRequest,
  { stream, strict }: Dialect
): Readonly<Record<string, unknown>> => {
  const { maxNewTokens, seed, temperature, topP } = generationKwargs as MistralGenerationKwargs
  const format = jsonFormat(structuredOutput)
  return defined({
    model,
    messages: messagesOf(messages),
    stream: stream || undefined,
    max_tokens: maxNewTokens,
    temperature,
    top_p: topP,
    random_seed: seed,
    tools:
      tools.length === 0 ? undefined : tools.map((each) => ({ type: "function", function: each })),
    tool_choice: tools.length === 0 ? undefined : choiceOf(toolChoice),
    response_format: format && {
      type: "json_schema",
      json_schema: {
        name: format.name,
        schema: format.schema,
        ...(strict && keepsStrictRules(format.schema) ? { strict } : {})
      }
    }
  })
}

/**
 * The messages as Mistral wants them; one of the assistant at the end is the beginning of its
 * answer.
 */
const messagesOf = (chat: Chat): ReadonlyArray<object> =>
  chat.map((item, index) => {
    if (item.role === "tool") return item
    const content = contentOf(item)
    if ("tool_calls" in item)
      return {
        role: item.role,
        content,
        tool_calls: item.tool_calls.map(({ id, ...call }) => ({
          id,
          type: "function",
          function: call
        }))
      }
    return item.role === "assistant"
      ? { role: "assistant", content, ...(index === chat.length - 1 ? { prefix: true } : {}) }
      : { role: item.role, content }
  })

/** At least one is what Mistral calls any. */
const choiceOf = (choice: ToolChoice | undefined): unknown =>
  choice === "required"
    ? "any"
    : typeof choice === "object"
      ? { type: "function", function: { name: choice.tool } }
      : choice

const contentOf = ({ content }: Pick<ChatItem, "content">): string | ReadonlyArray<object> =>
  typeof content === "string" ||
  content.every(({ type }) => type === "text" || type === "image_url")
    ? content
    : content.map((part) => (part.type === "text" ? part : mediaPart(part, mediaOf(part))))

const mediaPart = (part: ContentPart, { inline, kind, url }: Media): object => {
  if (kind === "image") return part
  if (kind === "audio") return { type: "input_audio", input_audio: inline?.data ?? url }
  if (kind === "file") return { type: "document_url", document_url: url }
  return refusedMedia("Mistral", kind, "images, audio and PDFs")
}
