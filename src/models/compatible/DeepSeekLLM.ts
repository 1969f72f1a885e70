/** A chat or reasoning model of DeepSeek. */
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible
} from "../chatCompletions/defineCompatible.ts"

export const deepSeek = defineCompatible({
  type: "DeepSeekLLM",
  name: "DeepSeek",
  providerId: "deepseek",
  hosts: /(^|\.)deepseek\.com$/,
  priceId: "deepseek",
  variables: "DEEPSEEK",
  url: "https://api.deepseek.com"
})

/** A chat or reasoning model of DeepSeek. */
export interface DeepSeekLLM<out Model extends string = string> extends CompatibleLLM<
  "DeepSeekLLM",
  Model
> {}

/**
 * Describes a chat or reasoning model of DeepSeek.
 *
 * What `deepseek-reasoner` thinks is kept apart from its answer.
 *
 * The key comes from option `apiKey`, else from `DEEPSEEK_API_KEY`; the address from `baseUrl`,
 * else from `DEEPSEEK_BASE_URL`, else it is `https://api.deepseek.com`. Retries, timeouts (seconds)
 * and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. Several
 * answers to a question are one request where the model takes that, else as many.
 *
 * @example
 *   const llm = DeepSeekLLM({ model: "deepseek-reasoner" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://api-docs.deepseek.com
 */
export const DeepSeekLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): DeepSeekLLM<Model> => deepSeek.describe(options)
