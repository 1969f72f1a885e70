/** A Grok model of xAI. */
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible
} from "../chatCompletions/defineCompatible.ts"

export const xai = defineCompatible({
  type: "XaiLLM",
  name: "xAI",
  providerId: "xai",
  hosts: /(^|\.)x\.ai$/,
  priceId: "x-ai",
  variables: "XAI",
  url: "https://api.x.ai/v1"
})

/** A Grok model of xAI. */
export interface XaiLLM<out Model extends string = string> extends CompatibleLLM<"XaiLLM", Model> {}

/**
 * Describes a Grok model of xAI.
 *
 * The key comes from option `apiKey`, else from `XAI_API_KEY`; the address from `baseUrl`, else
 * from `XAI_BASE_URL`, else it is `https://api.x.ai/v1`. Retries, timeouts (seconds) and limits are
 * those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. Several answers to a
 * question are one request where the model takes that, else as many.
 *
 * @example
 *   const llm = XaiLLM({ model: "grok-4" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://docs.x.ai/docs/overview
 */
export const XaiLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): XaiLLM<Model> => xai.describe(options)
