/** Mistral's chat models. */
import type { NamedLLM } from "../chat/LLM.ts"
import type { MistralOptions, MistralParameters } from "./MistralOptions.ts"
import { mistral } from "./provider.ts"

/** A chat model of Mistral. */
export interface MistralLLM<out Model extends string = string> extends NamedLLM<
  "MistralLLM",
  Model,
  MistralParameters
> {}

/**
 * Describes a chat model of Mistral. Needs the
 * package `@mistralai/mistralai`.
 *
 * Nothing is read or opened before a run: the key and the address come from the options, else from
 * `MISTRAL_API_KEY` and `MISTRAL_BASE_URL` at that time. Several answers to a question are as many
 * requests. An answer that thinks first is given without its thoughts.
 *
 * Retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64.
 *
 * @example
 *   const mistral = MistralLLM({ model: "mistral-large-2402", generationKwargs: { temperature: 0.7, maxNewTokens: 512 } })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/mistralllm/
 */
export const MistralLLM = <const Model extends string>(
  options: MistralOptions<Model>
): MistralLLM<Model> => mistral.describe(options)
