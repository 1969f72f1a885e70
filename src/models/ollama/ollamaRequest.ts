/** Ollama's requests: the way from a question to what its chat takes. */
import type { ChatRequest } from "ollama"
import { Unusable } from "../asking/Diagnosis.ts"
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { ChatItem } from "../chat/Chat.ts"
import type { AnswerFormat } from "../chat/formats.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import type { OllamaGenerationKwargs } from "./OllamaOptions.ts"

/** The request: what was given, and nothing else. */
export const ollamaRequest = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
  stream: boolean
): ChatRequest => {
  const { format, keepAlive, maxNewTokens, options, seed, stop, temperature, think, topK, topP } =
    generationKwargs as OllamaGenerationKwargs
  const all = {
    ...(maxNewTokens === undefined ? {} : { num_predict: maxNewTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
    ...options
  }
  const wanted = formatOf(structuredOutput) ?? (format === "" ? undefined : format)
  const request = {
    model,
    messages: messages.map(messageOf),
    stream,
    ...(wanted === undefined ? {} : { format: wanted }),
    ...(Object.keys(all).length === 0 ? {} : { options: all }),
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...(think === undefined ? {} : { think })
  }
  return request as ChatRequest
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
  const data = /^data:[^,]*;base64,(.*)$/s.exec(url)?.[1]
  if (data === undefined)
    throw new Unusable({
      reason: "InvalidRequest",
      detail: "an image is given by its address, and Ollama takes data: URLs only"
    })
  return data
}
