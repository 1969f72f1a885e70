/** Opening an OpenAI model: the SDK over our fetch, and the way from a question to its request. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions"
import { diagnosed } from "../asking/Diagnosis.ts"
import { environment, type Setting, settingOf } from "../asking/environment.ts"
import { defaultMaxConcurrency, gateTo } from "../asking/Gate.ts"
import { checkPlace, errorAt, type Place } from "../asking/Place.ts"
import { preflightModel } from "../asking/preflight.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import { askedHeaders, revealed, revealedHeaders, secretsOf } from "../asking/secrets.ts"
import type { GenerateRequest, JsonSchemaFormat, LLMClient } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import { keepsStrictRules } from "../chat/strictSchema.ts"
import { chatAnswer } from "../chatCompletions/chatAnswer.ts"
import { type Dialect, inDialect, LearnedDialect } from "../chatCompletions/Dialect.ts"
import { makeFetch } from "../http/undiciFetch.ts"
import type { OpenAIGenerationKwargs, OpenAIOptions } from "./OpenAIOptions.ts"

/** What servers get that want no key; the SDK insists on one. */
const noKey = "EMPTY"

/** Later than any timeout of ours: attempts are timed outside the SDK. */
const neverMs = 2 ** 31 - 1

/** Where the model is asked, and who says so. */
export const openAIAddress = ({ baseUrl }: OpenAIOptions): Setting =>
  settingOf("baseUrl", baseUrl, "OPENAI_BASE_URL", "https://api.openai.com/v1")

/** Connects to an OpenAI model. */
export const openOpenAI = (
  options: OpenAIOptions
): Effect.Effect<LLMClient, LLMError, Scope.Scope> =>
  Effect.gen(function* () {
    const { maxConcurrency = defaultMaxConcurrency } = options
    const address = openAIAddress(options)
    const headers = revealedHeaders(options.defaultHeaders)
    const key = revealed(options.apiKey) ?? environment("OPENAI_API_KEY")
    const place: Place = {
      llm: "OpenAILLM",
      model: options.model,
      baseUrl: address.value,
      urlOption: "baseUrl",
      urlFrom: address.from,
      giveKey: "set OPENAI_API_KEY or option apiKey",
      secrets: secretsOf(key, address.value, options.defaultHeaders),
      headers: askedHeaders(options.defaultHeaders)
    }
    yield* checkPlace(place, key, { headers, generationKwargs: options.generationKwargs })
    const atOpenAI = isOpenAI(address.value)
    if (
      key === undefined &&
      atOpenAI &&
      !Object.keys(headers).some((name) => /^(authorization|api-key)$/i.test(name))
    ) {
      return yield* errorAt(
        place,
        { reason: "MissingApiKey", detail: "there is no API key" },
        { attempts: 0 }
      )
    }
    const apiKey = key ?? noKey
    const gate = yield* gateTo(place, options)
    const fetch = yield* makeFetch(address.value, maxConcurrency, gate.heed)
    const { OpenAI } = yield* Effect.promise(() => import("openai"))
    const client = new OpenAI({
      baseURL: address.value,
      apiKey,
      defaultHeaders: headers,
      maxRetries: 0,
      timeout: neverMs,
      fetch
    })
    const dialect = new LearnedDialect({
      // OpenAI's reasoning models refuse the old name, most other servers know no other
      maxTokensField: options.maxTokensField ?? (atOpenAI ? "max_completion_tokens" : "max_tokens"),
      stream: options.stream ?? false,
      streamUsage: true,
      strict: true
    })
    const ask = (request: GenerateRequest) =>
      inDialect(dialect, (current) =>
        diagnosed(async (signal) => {
          // The plain response: what is no JSON, or no completion, is ours to explain.
          const response = await client.chat.completions
            .create(bodyOf(options.model, request, current), { signal })
            .asResponse()
          return chatAnswer(await response.text())
        })
      )
    if (options.preflight !== false)
      yield* preflightModel(place, {
        fetch,
        baseUrl: address.value,
        headers: { authorization: `Bearer ${apiKey}`, ...headers },
        ask
      })
    return yield* makeClient({ ...options, place, gate, takesNumGenerations: true, ask })
  })

/** Whether the address is OpenAI's own, or Azure's, which speaks OpenAI's newest dialect too. */
const isOpenAI = (url: string): boolean =>
  /(^|\.)(api\.openai\.com|openai\.azure\.com)$/.test(new URL(url).hostname)

/** The request's body: what was given, and nothing else. */
const bodyOf = (
  model: string,
  request: GenerateRequest,
  { maxTokensField, stream, streamUsage, strict }: Dialect
): ChatCompletionCreateParamsNonStreaming => {
  const { extraBody, maxNewTokens, responseFormat, ...kwargs } =
    request.generationKwargs as OpenAIGenerationKwargs
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
} satisfies { readonly [Name in keyof OpenAIGenerationKwargs]?: string }

const jsonSchema = ({ name, schema }: JsonSchemaFormat, strict: boolean) => ({
  type: "json_schema",
  json_schema: {
    name: name.replace(/[^\w-]/g, "_").slice(0, 64),
    schema,
    ...(strict && keepsStrictRules(schema) ? { strict } : {})
  }
})
