/** A model that Groq serves. */
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible
} from "../chatCompletions/defineCompatible.ts"

export const groq = defineCompatible({
  type: "GroqLLM",
  name: "Groq",
  providerId: "groq",
  hosts: /(^|\.)groq\.com$/,
  priceId: "groq",
  variables: "GROQ",
  jobs: { mostRequests: 50_000, mostBytes: 100_000_000, takesMetadata: true },
  url: "https://api.groq.com/openai/v1",
  tidied: (url) => (new URL(url).pathname === "/" ? `${url.replace(/\/+$/, "")}/openai/v1` : url),
  document: {
    pythonKwargs: ["seed", "max_new_tokens", "temperature", "top_p", "stop"],
    ignoredKwargs: []
  }
})

/** A model that Groq serves. */
export interface GroqLLM<out Model extends string = string> extends CompatibleLLM<
  "GroqLLM",
  Model
> {}

/**
 * Describes a model that Groq serves.
 *
 * Reasoning models think apart from their answer with `extraBody: { reasoning_format: "parsed" }`.
 *
 * The key comes from option `apiKey`, else from `GROQ_API_KEY`; the address from `baseUrl`, else
 * from `GROQ_BASE_URL`, else it is `https://api.groq.com/openai/v1`. Retries, timeouts (seconds)
 * and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. Several
 * answers to a question are one request where the model takes that, else as many.
 *
 * @example
 *   const llm = GroqLLM({ model: "llama-3.3-70b-versatile" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/groqllm/
 */
export const GroqLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): GroqLLM<Model> => groq.describe(options)
