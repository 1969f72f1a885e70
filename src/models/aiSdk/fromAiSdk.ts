/** Models of the AI SDK's ecosystem, of whatever provider, as models of this library. */
import type { EmbeddingModelV4, LanguageModelV4 } from "@ai-sdk/provider"
import type { GenerateRequest } from "../chat/LLM.ts"
import type { EmbedRequest } from "../embeddings/Embeddings.ts"
import { record } from "../http/wireValues.ts"
import { embeddings, type OwnEmbeddings } from "../own/embeddings.ts"
import { llm, type OwnKwargs, type OwnLLM } from "../own/llm.ts"
import { aiSdkAnswer } from "./aiSdkAnswer.ts"
import { aiSdkOptions } from "./aiSdkOptions.ts"

/** What a model of the AI SDK does not say of itself. */
export interface FromAiSdkOptions {
  /**
   * What goes with every request, under the AI SDK's names: `temperature`, `topP`, `stopSequences`,
   * `seed`, `reasoning`, `providerOptions` …, and `maxNewTokens` as everywhere.
   */
  readonly generationKwargs?: OwnKwargs
  /** What the list of prices calls the provider. Default: what the AI SDK calls it. */
  readonly priceId?: string
  /** At most so many requests at once. Default 64. */
  readonly maxConcurrency?: number
  readonly maxRetries?: number
  readonly timeout?: number
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly requestsPerDay?: number
  readonly tokensPerDay?: number
}

/** `openai` of `openai.chat`. */
const providerIn = (provider: string): string => provider.split(".")[0]!

/**
 * Makes a model of one of the AI SDK (`@ai-sdk/…`, specification v4): a chat model or one that
 * embeds. Every provider that has a package there can be asked; those that have a class here are
 * better asked by it, since it knows their headers and their errors.
 *
 * The gate, retries, timeouts, limits, the journal, tokens and prices are those of every model; the
 * AI SDK's own retries are not used. Images, tools, JSON schemas and thoughts pass through. A
 * provider's key is given where its package wants it. No document holds such a model: it is given
 * as a binding.
 *
 * @example
 *   import { createMistral } from "@ai-sdk/mistral"
 *   const mistral = fromAiSdk(createMistral({ apiKey: "…" })("mistral-small-latest"), {
 *     generationKwargs: { temperature: 0.3, maxNewTokens: 512 }
 *   })
 *
 * @fails LLMError per request, with what the provider's package throws
 */
export const fromAiSdk: {
  (model: LanguageModelV4, options?: FromAiSdkOptions): OwnLLM
  (model: EmbeddingModelV4, options?: FromAiSdkOptions): OwnEmbeddings
} = ((model: LanguageModelV4 | EmbeddingModelV4, options: FromAiSdkOptions = {}) => {
  const named = {
    priceId: providerIn(model.provider),
    ...options,
    // Answers are kept for the provider that gave them.
    name: model.provider,
    model: model.modelId
  }
  return "doGenerate" in model
    ? llm({
        ...named,
        ask: async (request: GenerateRequest, { signal }) =>
          aiSdkAnswer(
            await asked(() => model.doGenerate({ ...aiSdkOptions(request), abortSignal: signal }))
          )
      })
    : embeddings({
        ...named,
        ask: async ({ generationKwargs, texts }: EmbedRequest, { signal }) => {
          const { embeddings: vectors, usage } = await asked(() =>
            model.doEmbed({ ...generationKwargs, values: [...texts], abortSignal: signal })
          )
          return {
            embeddings: vectors,
            ...(usage === undefined ? {} : { usage: { input: usage.tokens } })
          }
        }
      })
  // One implementation for both signatures.
}) as never

/**
 * What a call gives; an error of the provider's with its status and headers where they are looked
 * for.
 */
const asked = async <A>(call: () => PromiseLike<A>): Promise<A> => {
  try {
    return await call()
  } catch (thrown) {
    const { message, responseBody, responseHeaders, statusCode } = thrown as {
      readonly message?: string
      readonly responseBody?: string
      readonly responseHeaders?: object
      readonly statusCode?: number
    }
    // A body that cannot be read comes with status 200.
    if (statusCode === undefined || statusCode < 400) throw thrown
    const said = responseBody === undefined || responseBody === "" ? message : responseBody
    throw Object.assign(new Error(said, { cause: thrown }), {
      status: statusCode,
      headers: record(responseHeaders)
    })
  }
}
