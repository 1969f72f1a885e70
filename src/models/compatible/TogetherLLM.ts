/** An open model that Together AI serves. */
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible
} from "../chatCompletions/defineCompatible.ts"

export const together = defineCompatible({
  type: "TogetherLLM",
  name: "Together AI",
  providerId: "together_ai",
  hosts: /(^|\.)together\.(xyz|ai)$/,
  priceId: "together",
  variables: "TOGETHER",
  jobs: {
    purpose: "batch-api",
    mostRequests: 50_000,
    mostBytes: 100_000_000,
    takesMetadata: false
  },
  url: "https://api.together.xyz/v1"
})

/** An open model that Together AI serves. */
export interface TogetherLLM<out Model extends string = string> extends CompatibleLLM<
  "TogetherLLM",
  Model
> {}

/**
 * Describes an open model that Together AI serves.
 *
 * The key comes from option `apiKey`, else from `TOGETHER_API_KEY`; the address from `baseUrl`,
 * else from `TOGETHER_BASE_URL`, else it is `https://api.together.xyz/v1`. Retries, timeouts
 * (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64.
 * Several answers to a question are one request where the model takes that, else as many.
 *
 * @example
 *   const llm = TogetherLLM({ model: "meta-llama/Llama-3.3-70B-Instruct-Turbo" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/togetherllm/
 */
export const TogetherLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): TogetherLLM<Model> => together.describe(options)
