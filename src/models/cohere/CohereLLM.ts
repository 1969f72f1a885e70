/** Cohere's models. */
import type { NamedLLM } from "../chat/LLM.ts"
import type { CohereOptions, CohereParameters } from "./CohereOptions.ts"
import { cohere } from "./provider.ts"

/** A model of Cohere. */
export interface CohereLLM<out Model extends string = string> extends NamedLLM<
  "CohereLLM",
  Model,
  CohereParameters
> {}

/**
 * Describes a model of Cohere, asked by the second version of its chat. Needs the
 * package `cohere-ai`.
 *
 * Nothing is read or opened before a run: the key and the address come from the options, else from
 * `COHERE_API_KEY` and `COHERE_BASE_URL` at that time. Thoughts are told apart from the answer.
 * Tokens are those that Cohere bills. Several answers to a question are as many requests.
 *
 * Retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120,
 * `maxConcurrency` 64.
 *
 * @example
 *   const command = CohereLLM({ model: "command-a-03-2025", generationKwargs: { temperature: 0.3, maxNewTokens: 512 } })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey, Unauthorized, ModelNotFound, Unreachable; per request: InvalidRequest, and
 *   what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/coherellm/
 */
export const CohereLLM = <const Model extends string>(
  options: CohereOptions<Model>
): CohereLLM<Model> => cohere.describe(options)
