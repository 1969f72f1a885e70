/** A model of any provider behind OpenRouter. */
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible
} from "../chatCompletions/defineCompatible.ts"

export const openRouter = defineCompatible({
  type: "OpenRouterLLM",
  name: "OpenRouter",
  providerId: "openrouter",
  hosts: /(^|\.)openrouter\.ai$/,
  priceId: "openrouter",
  variables: "OPENROUTER",
  url: "https://openrouter.ai/api/v1",
  believesCost: true,
  jobs: { inline: true, mostRequests: 5000, mostBytes: 200_000_000 }
})

/** A model of any provider behind OpenRouter. */
export interface OpenRouterLLM<out Model extends string = string> extends CompatibleLLM<
  "OpenRouterLLM",
  Model
> {}

/**
 * Describes a model of any provider behind OpenRouter.
 *
 * Its routing decides which provider answers; `generationKwargs.extraBody` sets it: `{ provider: {
 * order: ["fireworks"], allow_fallbacks: false } }`.
 *
 * What OpenRouter says that an answer cost is what it costs here, whoever gave it. Its batch jobs,
 * for models that have a batch variant, cannot be cancelled: they run to their end.
 *
 * The key comes from option `apiKey`, else from `OPENROUTER_API_KEY`; the address from `baseUrl`,
 * else from `OPENROUTER_BASE_URL`, else it is `https://openrouter.ai/api/v1`. Retries, timeouts
 * (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64.
 * Several answers to a question are one request where the model takes that, else as many.
 *
 * @example
 *   const llm = OpenRouterLLM({ model: "deepseek/deepseek-chat-v3-0324" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://openrouter.ai/docs/api-reference/overview
 */
export const OpenRouterLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): OpenRouterLLM<Model> => openRouter.describe(options)
