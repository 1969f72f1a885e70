/**
 * Opening a Mistral model: the SDK's chat function over our fetch, and the way from a question to
 * its request.
 */
import type { ChatCompletionRequest } from "@mistralai/mistralai/models/components/chatcompletionrequest.js"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { diagnosed } from "../asking/Diagnosis.ts"
import { environment, type Setting, settingOf } from "../asking/environment.ts"
import { defaultMaxConcurrency, gateTo } from "../asking/Gate.ts"
import { checkPlace, errorAt, type Place } from "../asking/Place.ts"
import { preflightModel } from "../asking/preflight.ts"
import { makeClient } from "../asking/ProviderClient.ts"
import { revealed, secretsOf } from "../asking/secrets.ts"
import type { Chat, ChatItem } from "../chat/Chat.ts"
import type { GenerateRequest, LLMClient } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"
import { keepsStrictRules } from "../chat/strictSchema.ts"
import { chatAnswer } from "../chatCompletions/chatAnswer.ts"
import { type Dialect, inDialect, LearnedDialect } from "../chatCompletions/Dialect.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import { type Fetch, makeFetch } from "../http/undiciFetch.ts"
import type { MistralGenerationKwargs, MistralOptions } from "./MistralOptions.ts"

const home = "https://api.mistral.ai"

/** What servers get that want no key. */
const noKey = "EMPTY"

/** Where the model is asked, and who says so. */
export const mistralAddress = ({ endpoint }: MistralOptions): Setting =>
  settingOf("endpoint", endpoint, "MISTRAL_BASE_URL", home)

/** Connects to a Mistral model. */
export const openMistral = (
  options: MistralOptions
): Effect.Effect<LLMClient, LLMError, Scope.Scope> =>
  Effect.gen(function* () {
    const { maxConcurrency = defaultMaxConcurrency } = options
    const address = mistralAddress(options)
    // the SDK adds the version to the path itself, other clients want it given
    const serverURL = address.value.replace(/\/(v1\/?)?$/, "")
    const key = revealed(options.apiKey) ?? environment("MISTRAL_API_KEY")
    const place: Place = {
      llm: "MistralLLM",
      model: options.model,
      baseUrl: serverURL,
      urlOption: "endpoint",
      urlFrom: address.from,
      giveKey: "set MISTRAL_API_KEY or option apiKey",
      secrets: secretsOf(key, address.value)
    }
    yield* checkPlace(place, key)
    if (key === undefined && /(^|\.)mistral\.ai$/.test(new URL(serverURL).hostname)) {
      return yield* errorAt(
        place,
        { reason: "MissingApiKey", detail: "there is no API key" },
        { attempts: 0 }
      )
    }
    const apiKey = key ?? noKey
    const gate = yield* gateTo(place, options)
    const fetch = yield* makeFetch(serverURL, maxConcurrency, gate.heed)
    const { chatComplete, HTTPClient, MistralCore } = yield* Effect.promise(importSdk)
    const clientOver = (fetcher: Fetch) =>
      new MistralCore({
        apiKey,
        serverURL,
        httpClient: new HTTPClient({ fetcher }),
        retryConfig: { strategy: "none" }
      })
    const dialect = new LearnedDialect({
      maxTokensField: "max_tokens",
      stream: options.stream ?? false,
      streamUsage: true,
      strict: true
    })
    const ask = (request: GenerateRequest) =>
      inDialect(dialect, (current) =>
        diagnosed(async (signal) => {
          // The plain response: the SDK refuses whole answers for a field that nobody reads.
          const send = async (keeping: Fetch): Promise<void> => {
            const result = await chatComplete(
              clientOver(keeping),
              requestOf(options.model, request, current),
              { fetchOptions: { signal } }
            )
            if (!result.ok) throw result.error
          }
          return chatAnswer(await rawAnswer(fetch, send))
        })
      )
    if (options.preflight !== false)
      yield* preflightModel(place, {
        fetch,
        baseUrl: `${serverURL}/v1`,
        headers: { authorization: `Bearer ${apiKey}` },
        ask
      })
    return yield* makeClient({ ...options, place, gate, takesNumGenerations: false, ask })
  })

/** The chat function alone: half the time of importing the whole SDK. */
const importSdk = async () => {
  const [{ MistralCore }, { chatComplete }, { HTTPClient }] = await Promise.all([
    import("@mistralai/mistralai/core.js"),
    import("@mistralai/mistralai/funcs/chatComplete.js"),
    import("@mistralai/mistralai/lib/http.js")
  ])
  return { MistralCore, chatComplete, HTTPClient }
}

const requestOf = (
  model: string,
  { generationKwargs, messages, structuredOutput }: GenerateRequest,
  { stream, strict }: Dialect
): ChatCompletionRequest => {
  const { maxNewTokens, seed, temperature, topP } = generationKwargs as MistralGenerationKwargs
  return {
    model,
    messages: messagesOf(messages),
    ...(stream ? { stream } : {}),
    ...(maxNewTokens === undefined ? {} : { maxTokens: maxNewTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(seed === undefined ? {} : { randomSeed: seed }),
    ...(structuredOutput === undefined
      ? {}
      : {
          responseFormat: {
            type: "json_schema",
            jsonSchema: {
              name: structuredOutput.name,
              schemaDefinition: structuredOutput.schema,
              ...(strict && keepsStrictRules(structuredOutput.schema) ? { strict } : {})
            }
          }
        })
  }
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
