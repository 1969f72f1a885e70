/** Anthropic's requests: the way from a question to the body that the Messages API takes. */
import type {
  ContentBlockParam,
  MessageCreateParamsNonStreaming
} from "@anthropic-ai/sdk/resources/messages/messages"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type Chat, type ContentPart, imageData } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { defined } from "../http/wireValues.ts"
import type { AnthropicGenerationKwargs } from "./AnthropicOptions.ts"

/** The API takes no request without a limit. */
const defaultMaxTokens = 4096

/** The request's body: what was given, and a limit of tokens in any case. */
export const messagesRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
  stream: boolean
): MessageCreateParamsNonStreaming => {
  const kwargs = generationKwargs as AnthropicGenerationKwargs
  const format = jsonFormat(structuredOutput)
  const body = defined({
    model,
    max_tokens: kwargs.maxTokens ?? defaultMaxTokens,
    ...turnsOf(messages),
    stop_sequences: kwargs.stopSequences,
    temperature: kwargs.temperature,
    top_p: kwargs.topP,
    top_k: kwargs.topK,
    thinking: kwargs.thinking,
    output_config: format && { format: { type: "json_schema", schema: format.schema } },
    stream: stream || undefined,
    ...kwargs.extraBody
  })
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
  const image = imageData(url)
  return image === undefined
    ? { type: "image", source: { type: "url", url } }
    : // The SDK lists the types that the API takes; another one is for the API to refuse.
      {
        type: "image",
        source: { type: "base64", media_type: image.mimeType as "image/png", data: image.data }
      }
}
