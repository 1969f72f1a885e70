/** Chat completions: the way from a question to the body of its request. */
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions"
import type { GenerateRequest, JsonSchemaFormat } from "../chat/LLM.ts"
import { keepsStrictRules } from "../chat/strictSchema.ts"
import type { ChatCompletionsKwargs } from "./chatKwargs.ts"
import type { Dialect } from "./Dialect.ts"

/** The request's body: what was given, and nothing else. */
export const chatRequest = (
  model: string,
  request: GenerateRequest,
  { maxTokensField, stream, streamUsage, strict }: Dialect
): ChatCompletionCreateParamsNonStreaming => {
  const { extraBody, maxNewTokens, responseFormat, ...kwargs } =
    request.generationKwargs as ChatCompletionsKwargs
  const format =
    request.structuredOutput === undefined
      ? responseFormat
      : jsonSchema(request.structuredOutput, strict)
  const body = {
    model,
    messages: request.messages,
    ...(request.numGenerations === 1 ? {} : { n: request.numGenerations }),
    ...(maxNewTokens === undefined ? {} : { [maxTokensField]: maxNewTokens }),
    ...Object.fromEntries(
      Object.entries(kwargs).flatMap(([name, value]) => {
        const wireName = wireNames[name as keyof typeof wireNames]
        return value === undefined || wireName === undefined ? [] : [[wireName, value]]
      })
    ),
    ...(format === undefined ? {} : { response_format: format }),
    ...(stream
      ? { stream: true, ...(streamUsage ? { stream_options: { include_usage: true } } : {}) }
      : {}),
    ...extraBody
  }
  return body as unknown as ChatCompletionCreateParamsNonStreaming
}

const wireNames = {
  logprobs: "logprobs",
  topLogprobs: "top_logprobs",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  temperature: "temperature",
  topP: "top_p",
  stop: "stop",
  seed: "seed"
} satisfies { readonly [Name in keyof ChatCompletionsKwargs]?: string }

const jsonSchema = ({ name, schema }: JsonSchemaFormat, strict: boolean) => ({
  type: "json_schema",
  json_schema: {
    name: name.replace(/[^\w-]/g, "_").slice(0, 64),
    schema,
    ...(strict && keepsStrictRules(schema) ? { strict } : {})
  }
})
