/** A model behind a LiteLLM proxy. */
import { pythonChatKwargs } from "../chatCompletions/chatKwargs.ts"
import {
  type CompatibleLLM,
  type CompatibleOptions,
  defineCompatible,
  maxTokensInDocuments
} from "../chatCompletions/defineCompatible.ts"
import { serverFields } from "../provider/ModelDocument.ts"

export const liteLLM = defineCompatible({
  type: "LiteLLM",
  name: "LiteLLM",
  providerId: "litellm",
  hosts: /(^|\.)litellm\.ai$/,
  variables: "LITELLM",
  url: "http://localhost:4000",
  document: {
    pythonKwargs: pythonChatKwargs.filter(
      (name) => !/^(max_new_tokens|(top_)?logprobs)$/.test(name)
    ),
    fields: [...serverFields().map((field) => ({ ...field, python: false })), maxTokensInDocuments],
    pythonShares: ["structured_output"],
    ignores: { verbose: [false] }
  }
})

/** A model behind a LiteLLM proxy. */
export interface LiteLLM<out Model extends string = string> extends CompatibleLLM<
  "LiteLLM",
  Model
> {}

/**
 * Describes a model behind a LiteLLM proxy.
 *
 * The proxy takes the names that its configuration lists, by default with a provider in front:
 * `anthropic/claude-sonnet-5-5`.
 *
 * The key comes from option `apiKey`, else from `LITELLM_API_KEY`; the address from `baseUrl`, else
 * from `LITELLM_BASE_URL`, else it is `http://localhost:4000`. Retries, timeouts (seconds) and
 * limits are those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. Several
 * answers to a question are one request where the model takes that, else as many.
 *
 * @example
 *   const llm = LiteLLM({ model: "anthropic/claude-sonnet-5-5" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/litellm/
 */
export const LiteLLM = <const Model extends string>(
  options: CompatibleOptions<Model>
): LiteLLM<Model> => liteLLM.describe(options)
