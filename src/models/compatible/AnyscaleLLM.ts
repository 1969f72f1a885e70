/** A model that Anyscale serves. */
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible
} from "../chatCompletions/defineCompatible.ts"

export const anyscale = defineCompatible({
  type: "AnyscaleLLM",
  name: "Anyscale",
  providerId: "anyscale",
  hosts: /(^|\.)anyscale\.com$/,
  variables: "ANYSCALE",
  url: "https://api.endpoints.anyscale.com/v1"
})

/** A model that Anyscale serves. */
export interface AnyscaleLLM<out Model extends string = string> extends CompatibleLLM<
  "AnyscaleLLM",
  Model
> {}

/**
 * Describes a model that Anyscale serves.
 *
 * Anyscale ended its public endpoints in 2024: give the address of a service of yours.
 *
 * The key comes from option `apiKey`, else from `ANYSCALE_API_KEY`; the address from `baseUrl`,
 * else from `ANYSCALE_BASE_URL`, else it is `https://api.endpoints.anyscale.com/v1`. Retries,
 * timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64. Several answers to a question are one request where the model takes that,
 * else as many.
 *
 * @example
 *   const llm = AnyscaleLLM({ model: "meta-llama/Meta-Llama-3-8B-Instruct" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/anyscalellm/
 */
export const AnyscaleLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): AnyscaleLLM<Model> => anyscale.describe(options)
