/** Anthropic's requests: the way from a question to the body that the Messages API takes. */
import type {
  ContentBlockParam,
  MessageCreateParamsNonStreaming
} from "@anthropic-ai/sdk/resources/messages/messages"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type ContentPart, imageData, textOf } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { systemApart } from "../chat/systemApart.ts"
import { defined } from "../http/wireValues.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"

/** The API takes no request without a limit. */
const defaultMaxTokens = 4096

/** The request's body: what was given, and a limit of tokens in any case. */
export const messagesRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
  stream: boolean
): MessageCreateParamsNonStreaming => {
  const { system, turns } = systemApart(messages)
  const format = jsonFormat(structuredOutput)
  const body = defined({
    model,
    max_tokens: defaultMaxTokens,
    system: system.map(textOf).join("\n\n") || undefined,
    messages: turns.map(({ content, role }) => ({
      role,
      content: typeof content === "string" ? content : content.map(blockOf)
    })),
    output_config: format && { format: { type: "json_schema", schema: format.schema } },
    stream: stream || undefined,
    ...wireKwargs(generationKwargs)
  })
  return body as unknown as MessageCreateParamsNonStreaming
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
