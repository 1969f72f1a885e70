/** Anthropic's requests: the way from a question to the body that the Messages API takes. */
import type {
  ContentBlockParam,
  MessageCreateParamsNonStreaming
} from "@anthropic-ai/sdk/resources/messages/messages"
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { Chat, ContentPart } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import type { AnthropicGenerationKwargs } from "./AnthropicOptions.ts"

/** The API takes no request without a limit. */
const defaultMaxTokens = 4096

/** The request's body: what was given, and a limit of tokens in any case. */
export const messagesRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
  stream: boolean
): MessageCreateParamsNonStreaming => {
  const { extraBody, maxTokens, stopSequences, temperature, thinking, topK, topP } =
    generationKwargs as AnthropicGenerationKwargs
  const format = jsonFormat(structuredOutput)
  const body = {
    model,
    max_tokens: maxTokens ?? defaultMaxTokens,
    ...turnsOf(messages),
    ...(stopSequences === undefined ? {} : { stop_sequences: stopSequences }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(format === undefined
      ? {}
      : { output_config: { format: { type: "json_schema", schema: format.schema } } }),
    ...(stream ? { stream } : {}),
    ...extraBody
  }
  return body as unknown as MessageCreateParamsNonStreaming
}

/** System messages stand apart. A chat of them alone is asked as the user's. */
const turnsOf = (chat: Chat) => {
  const system = chat
    .filter(({ role }) => role === "system")
    .map(({ content }) => (typeof content === "string" ? content : textOf(content)))
    .join("\n\n")
  const turns = chat
    .filter(({ role }) => role !== "system")
    .map(({ content, role }) => ({
      role,
      content: typeof content === "string" ? content : content.map(blockOf)
    }))
  if (turns.length === 0) return { messages: [{ role: "user", content: system }] }
  return { ...(system === "" ? {} : { system }), messages: turns }
}

const textOf = (parts: ReadonlyArray<ContentPart>): string =>
  parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")

const blockOf = (part: ContentPart): ContentBlockParam => {
  if (part.type === "text") return part
  const { url } = part.image_url
  const [, type, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? []
  return type === undefined || data === undefined
    ? { type: "image", source: { type: "url", url } }
    : // The SDK lists the types that the API takes; another one is for the API to refuse.
      { type: "image", source: { type: "base64", media_type: type as "image/png", data } }
}
