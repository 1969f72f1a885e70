/** Ollama's requests: the way from a question to what its chat takes. */
import type { ChatRequest } from "ollama"
import { Unusable } from "../asking/Diagnosis.ts"
import { jsonFormat } from "../asking/jsonFormat.ts"
import { type ChatItem, imageData } from "../chat/Chat.ts"
import type { AnswerFormat } from "../chat/formats.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { defined } from "../http/wireValues.ts"
import type { OllamaGenerationKwargs } from "./OllamaOptions.ts"

/** The request: what was given, and nothing else. */
export const ollamaRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
  stream: boolean
): ChatRequest => {
  const kwargs = generationKwargs as OllamaGenerationKwargs
  const options = defined({
    num_predict: kwargs.maxNewTokens,
    temperature: kwargs.temperature,
    top_p: kwargs.topP,
    top_k: kwargs.topK,
    seed: kwargs.seed,
    stop: kwargs.stop,
    ...kwargs.options
  })
  const request = defined({
    model,
    messages: messages.map(messageOf),
    stream,
    format: formatOf(structuredOutput) ?? (kwargs.format === "" ? undefined : kwargs.format),
    options: Object.keys(options).length === 0 ? undefined : options,
    keep_alive: kwargs.keepAlive,
    think: kwargs.think
  })
  return request as unknown as ChatRequest
}

/** Choices are JSON texts to Ollama. */
const formatOf = (format: AnswerFormat | undefined): object | undefined =>
  format !== undefined && "choices" in format
    ? { type: "string", enum: format.choices }
    : jsonFormat(format)?.schema

const messageOf = ({ content, role }: ChatItem) => {
  if (typeof content === "string") return { role, content }
  const texts = content.flatMap((part) => (part.type === "text" ? [part.text] : []))
  const images = content.flatMap((part) =>
    part.type === "image_url" ? [dataIn(part.image_url.url)] : []
  )
  return { role, content: texts.join("\n"), images }
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
