/** Ollama's requests: the way from a question to what its chat takes. */
import type { ChatRequest } from "ollama"
import { Unusable } from "../asking/Diagnosis.ts"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { takenMedia } from "../asking/refusedMedia.ts"
import { type ChatMessage, textOf } from "../chat/Chat.ts"
import type { AnswerFormat } from "../chat/formats.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { type Media, mediaIn } from "../chat/media.ts"
import { argumentsOf } from "../chat/tools.ts"
import { toolFields } from "../chatCompletions/chatTools.ts"
import { defined } from "../http/wireValues.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import type { OllamaGenerationKwargs } from "./OllamaOptions.ts"

/** The request: what was given, and nothing else. */
export const ollamaRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput, ...offered }: GenerateRequest,
  stream: boolean
): ChatRequest & { stream: false } => {
  const { format, keepAlive, maxNewTokens, options, think, ...kwargs } =
    generationKwargs as OllamaGenerationKwargs
  const all = defined({ num_predict: maxNewTokens, ...wireKwargs(kwargs), ...options })
  return defined({
    model,
    messages: messages.map(messageOf),
    format: formatOf(structuredOutput) ?? (format === "" ? undefined : format),
    options: Object.keys(all).length === 0 ? undefined : all,
    // Ollama knows no choice: a model that is to call none is told of none.
    tools: offered.toolChoice === "none" ? undefined : toolFields(offered).tools,
    keep_alive: keepAlive,
    think,
    stream
    // The SDK has a function for streams, and one for whole answers; here either is read alike.
  }) as unknown as ChatRequest & { stream: false }
}

/** Choices are JSON texts to Ollama. */
const formatOf = (format: AnswerFormat | undefined): object | undefined =>
  format !== undefined && "choices" in format
    ? { type: "string", enum: format.choices }
    : jsonFormat(format)?.schema

const messageOf = (message: ChatMessage): object => {
  if (message.role === "tool")
    return { role: message.role, content: message.content, tool_name: message.name }
  const calls = "tool_calls" in message ? message.tool_calls : undefined
  const images = mediaIn(message.content).map(dataOf)
  return defined({
    role: message.role,
    content: textOf(message.content),
    images: images.length === 0 ? undefined : images,
    tool_calls: calls?.map((call) => ({
      function: { name: call.name, arguments: argumentsOf(call) }
    }))
  })
}

/** Ollama fetches nothing: an image is its data. */
const dataOf = (media: Media): string => {
  takenMedia("Ollama", media, { image: "image" }, "images")
  if (media.inline !== undefined) return media.inline.data
  const detail = "an image is given by its address, and Ollama takes data: URLs only"
  throw new Unusable({ reason: "InvalidRequest", detail })
}
