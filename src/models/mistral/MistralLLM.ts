import { addressIdentity } from "../../secrets/addresses.ts"
import { concealedAddress } from "../../secrets/redact.ts"
import { describe, type Kind } from "../asking/modelOptions.ts"
import { concealed } from "../asking/secrets.ts"
/** Mistral's chat models. */
import type { LLM } from "../chat/LLM.ts"
import { type MistralOptions, MistralParameters } from "./MistralOptions.ts"
import { mistralAddress, openMistral } from "./openMistral.ts"

/** A chat model of Mistral. */
export interface MistralLLM<out Model extends string = string> extends LLM<
  Model,
  MistralParameters
> {
  readonly type: "MistralLLM"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => MistralLLM<Model>
}

const kind: Kind<MistralOptions> = {
  type: "MistralLLM",
  parameters: MistralParameters,
  conceal: ({ apiKey, endpoint, ...options }) => ({
    ...options,
    ...(endpoint === undefined ? {} : { endpoint: concealedAddress(endpoint) }),
    ...(apiKey === undefined ? {} : { apiKey: concealed(apiKey) })
  }),
  address: (options) => addressIdentity(mistralAddress(options).value),
  open: openMistral
}

/**
 * Describes a chat model of Mistral.
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
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/mistralllm/
 */
export const MistralLLM = <const Model extends string>(
  options: MistralOptions<Model>
): MistralLLM<Model> => describe<MistralLLM<Model>, MistralOptions>(kind, options)
