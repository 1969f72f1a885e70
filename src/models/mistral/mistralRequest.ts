/** Mistral's requests: the way from a question to what its SDK takes. */
import type { ChatCompletionRequest } from "@mistralai/mistralai/models/components/chatcompletionrequest.js"
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { Chat, ChatItem } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { keepsStrictRules } from "../chat/strictSchema.ts"
import type { Dialect } from "../chatCompletions/Dialect.ts"
import { defined } from "../http/wireValues.ts"
import type { MistralGenerationKwargs } from "./MistralOptions.ts"

/** The request: what was given, and nothing else. */
export const mistralRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
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
    const content = contentOf(item)
    return item.role === "assistant"
      ? { role: "assistant", content, ...(index === chat.length - 1 ? { prefix: true } : {}) }
      : { role: item.role, content }
  }) as ChatCompletionRequest["messages"]

const contentOf = ({ content }: ChatItem) =>
  typeof content === "string"
    ? content
    : content.map((part) =>
        part.type === "text" ? part : { type: part.type, imageUrl: part.image_url }
      )
