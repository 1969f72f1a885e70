/** An open model that Fireworks serves. */
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible
} from "../chatCompletions/defineCompatible.ts"

export const fireworks = defineCompatible({
  type: "FireworksLLM",
  name: "Fireworks",
  providerId: "fireworks_ai",
  hosts: /(^|\.)fireworks\.ai$/,
  priceId: "fireworks",
  variables: "FIREWORKS",
  url: "https://api.fireworks.ai/inference/v1"
})

/** An open model that Fireworks serves. */
export interface FireworksLLM<out Model extends string = string> extends CompatibleLLM<
  "FireworksLLM",
  Model
> {}

/**
 * Describes an open model that Fireworks serves.
 *
 * The key comes from option `apiKey`, else from `FIREWORKS_API_KEY`; the address from `baseUrl`,
 * else from `FIREWORKS_BASE_URL`, else it is `https://api.fireworks.ai/inference/v1`. Retries,
 * timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64. Several answers to a question are one request where the model takes that,
 * else as many.
 *
 * @example
 *   const llm = FireworksLLM({ model: "accounts/fireworks/models/llama-v3p3-70b-instruct" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://docs.fireworks.ai/api-reference/introduction
 */
export const FireworksLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): FireworksLLM<Model> => fireworks.describe(options)
