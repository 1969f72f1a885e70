/** A model that Groq serves. */
import {
  type CompatibleLLM,
  type CompatibleParameters,
  defineCompatible,
  type TieredOptions
} from "../chatCompletions/defineCompatible.ts"

const tiers = ["auto", "on_demand", "flex", "performance"] as const

type GroqTier = (typeof tiers)[number]

export const groq = defineCompatible({
  type: "GroqLLM",
  name: "Groq",
  providerId: "groq",
  hosts: /(^|\.)groq\.com$/,
  priceId: "groq",
  variables: "GROQ",
  tiers,
  jobs: { mostRequests: 50_000, mostBytes: 100_000_000, takesMetadata: true },
  url: "https://api.groq.com/openai/v1",
  tidied: (url) => (new URL(url).pathname === "/" ? `${url.replace(/\/+$/, "")}/openai/v1` : url),
  document: {
    pythonKwargs: ["seed", "max_new_tokens", "temperature", "top_p", "stop"],
    ignoredKwargs: []
  }
})

/** What `run({ parameters })` may set on a `GroqLLM`. */
export interface GroqParameters extends CompatibleParameters {
  readonly serviceTier?: GroqTier
}

/** A model that Groq serves. */
export interface GroqLLM<out Model extends string = string> extends CompatibleLLM<
  "GroqLLM",
  Model,
  GroqParameters
> {}

/**
 * Describes a model that Groq serves.
 *
 * `serviceTier: "flex"` has higher limits at the usual price; where it has no room, the standard
 * tier is asked.
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
  options: TieredOptions<Model, GroqTier>
): GroqLLM<Model> => groq.describe(options)
