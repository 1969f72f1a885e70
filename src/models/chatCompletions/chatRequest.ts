/** Chat completions: the way from a question to the body of its request. */
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions"
import { jsonFormat } from "../asking/jsonFormat.ts"
import type { AnswerFormat, JsonSchemaFormat } from "../chat/formats.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { keepsStrictRules } from "../chat/strictSchema.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import type { ChatCompletionsKwargs } from "./chatKwargs.ts"
import { toolFields, turnOf } from "./chatTools.ts"
import type { Dialect, FormatServer } from "./Dialect.ts"

/** What goes with a request and is no part of the question. */
interface SentAlong {
  readonly serviceTier?: string | undefined
  /** By which the provider finds the server that has read the beginning of the prompt. */
  readonly promptCacheKey?: string | undefined
}

/** The request's body: what was given, and nothing else. */
export const chatRequest = (
  model: string,
  request: GenerateRequest,
  { maxTokensField, stream, streamUsage, strict }: Dialect,
  formatServer?: FormatServer,
  { promptCacheKey, serviceTier }: SentAlong = {}
): ChatCompletionCreateParamsNonStreaming => {
  const { extraBody, maxNewTokens, responseFormat, ...kwargs } =
    request.generationKwargs as ChatCompletionsKwargs
  const body = {
    model,
    messages: request.messages.map(turnOf),
    ...toolFields(request),
    ...(request.numGenerations === 1 ? {} : { n: request.numGenerations }),
    ...(maxNewTokens === undefined ? {} : { [maxTokensField]: maxNewTokens }),
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
    ...(promptCacheKey === undefined ? {} : { prompt_cache_key: promptCacheKey }),
    ...wireKwargs(kwargs),
    ...formatFields(request.structuredOutput, responseFormat, strict, formatServer),
    ...(stream
      ? { stream: true, ...(streamUsage ? { stream_options: { include_usage: true } } : {}) }
      : {}),
    ...extraBody
  }
  return body as unknown as ChatCompletionCreateParamsNonStreaming
}

const formatFields = (
  format: AnswerFormat | undefined,
  responseFormat: ChatCompletionsKwargs["responseFormat"],
  strict: boolean,
  server: FormatServer | undefined
): object => {
  if (format === undefined)
    return responseFormat === undefined ? {} : { response_format: responseFormat }
  if ("schema" in format) return { response_format: jsonSchema(format, strict) }
  if (server === undefined) return { response_format: jsonFormat(format) }
  if (server === "sglang")
    return { regex: "regex" in format ? format.regex : alternatives(format.choices) }
  return {
    structured_outputs: "regex" in format ? { regex: format.regex } : { choice: format.choices }
  }
}

/** A regex that matches the texts and nothing else. */
const alternatives = (texts: ReadonlyArray<string>): string =>
  `(${texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})`

const jsonSchema = ({ name, schema }: JsonSchemaFormat, strict: boolean) => ({
  type: "json_schema",
  json_schema: {
    name: name.replace(/[^\w-]/g, "_").slice(0, 64),
    schema,
    ...(strict && keepsStrictRules(schema) ? { strict } : {})
  }
})
