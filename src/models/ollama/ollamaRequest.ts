/** Ollama's requests: the way from a question to what its chat takes. */
import type { ChatRequest } from "ollama"
import { Unusable } from "../asking/Diagnosis.ts"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type ChatItem, type ChatMessage, imageData, textOf } from "../chat/Chat.ts"
import type { AnswerFormat } from "../chat/formats.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { argumentsOf } from "../chat/tools.ts"
import { defined } from "../http/wireValues.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import type { OllamaGenerationKwargs } from "./OllamaOptions.ts"

/** The request: what was given, and nothing else. */
export const ollamaRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput, toolChoice, tools = [] }: GenerateRequest
): Omit<ChatRequest, "stream"> => {
  const { format, keepAlive, maxNewTokens, options, think, ...kwargs } =
    generationKwargs as OllamaGenerationKwargs
  const all = defined({ num_predict: maxNewTokens, ...wireKwargs(kwargs), ...options })
  const request = defined({
    model,
    messages: messages.map(messageOf),
    format: formatOf(structuredOutput) ?? (format === "" ? undefined : format),
    options: Object.keys(all).length === 0 ? undefined : all,
    // Ollama knows no choice: a model that is to call none is told of none.
    tools:
      tools.length === 0 || toolChoice === "none"
        ? undefined
        : tools.map((tool) => ({ type: "function", function: tool })),
    keep_alive: keepAlive,
    think
  })
  return request as unknown as Omit<ChatRequest, "stream">
}

/** Choices are JSON texts to Ollama. */
const formatOf = (format: AnswerFormat | undefined): object | undefined =>
  format !== undefined && "choices" in format
    ? { type: "string", enum: format.choices }
    : jsonFormat(format)?.schema

const messageOf = (message: ChatMessage) => {
  if (message.role === "tool")
    return { role: message.role, content: message.content, tool_name: message.name }
  const { content, role } = message
  if ("tool_calls" in message)
    return {
      role,
      content,
      tool_calls: message.tool_calls.map((call) => ({
        function: { name: call.name, arguments: argumentsOf(call) }
      }))
    }
  return messageWith(role, content)
}

const messageWith = (role: string, content: ChatItem["content"]) =>
  typeof content === "string"
    ? { role, content }
    : {
        role,
        content: textOf(content),
        images: content.flatMap((part) =>
          part.type === "image_url" ? [dataIn(part.image_url.url)] : []
        )
      }

/** Ollama fetches nothing: an image is its data. */
const dataIn = (url: string): string => {
  const image = imageData(url)
  if (image === undefined)
    throw new Unusable({
      reason: "InvalidRequest",
      detail: "an image is given by its address, and Ollama takes data: URLs only"
    })
  return image.data
}
