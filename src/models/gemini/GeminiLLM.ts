/** Gemini models by Google's own API. */
import type { NamedLLM } from "../chat/LLM.ts"
import type { GeminiOptions, GeminiParameters } from "./GeminiOptions.ts"
import { gemini } from "./provider.ts"

/** A Gemini model that is asked with an API key. */
export interface GeminiLLM<out Model extends string = string> extends NamedLLM<
  "GeminiLLM",
  Model,
  GeminiParameters
> {}

/**
 * Describes a Gemini model that is asked with an API key of Google AI Studio; `VertexAILLM` asks
 * the same models in a project of Google Cloud. Needs the package `@google/genai`.
 *
 * Nothing is read or opened before a run: the key and the address come from the options, else from
 * `GEMINI_API_KEY` and `GOOGLE_GEMINI_BASE_URL` at that time. System messages become the system
 * instruction. Several answers to a question are as many requests. Output tokens count thoughts,
 * which are billed, too.
 *
 * Retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64.
 *
 * @example
 *   const gemini = GeminiLLM({ model: "gemini-2.5-flash", generationKwargs: { temperature: 0.7, maxNewTokens: 512 } })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey, Unauthorized, ModelNotFound, Unreachable; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://ai.google.dev/api/generate-content
 */
export const GeminiLLM = <const Model extends string>(
  options: GeminiOptions<Model>
): GeminiLLM<Model> => gemini.describe(options)
