/** Models that Ollama serves. */
import type { NamedLLM } from "../chat/LLM.ts"
import type { OllamaOptions, OllamaParameters } from "./OllamaOptions.ts"
import { ollama } from "./provider.ts"

/** A model that Ollama serves. */
export interface OllamaLLM<out Model extends string = string> extends NamedLLM<
  "OllamaLLM",
  Model,
  OllamaParameters
> {}

/**
 * Describes a model that an Ollama server has, asked by Ollama's own chat. Needs the
 * package `ollama`.
 *
 * Nothing is read or opened before a run: the address comes from option `host`, else from
 * `OLLAMA_HOST` at that time, else it is `http://127.0.0.1:11434`. There is no key, and answers
 * cost nothing. Opening fails if the model was not pulled. Several answers to a question are as
 * many requests.
 *
 * Retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64, of which the server answers as many at once as `OLLAMA_NUM_PARALLEL` says.
 *
 * @example
 *   const qwen = OllamaLLM({ model: "qwen3:8b", generationKwargs: { think: false, keepAlive: "10m", options: { num_ctx: 8192 } } })
 *
 * @fails LLMError when opened: PackageMissing, ModelNotFound, Unreachable; per request: InvalidRequest, and what keeps failing after the
 *   retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/ollamallm/
 */
export const OllamaLLM = <const Model extends string>(
  options: OllamaOptions<Model>
): OllamaLLM<Model> => ollama.describe(options)
