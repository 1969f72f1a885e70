/** Models that Hugging Face serves: by its inference providers, or on endpoints of one's own. */
import * as Schema from "effect/Schema"
import { SecretParameter, sharedParameters } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"
import type { NamedLLM } from "../chat/LLM.ts"
import { ChatCompletionsKwargs } from "../chatCompletions/chatKwargs.ts"
import {
  compatibleDocument,
  type CompatibleOptions,
  maxTokensInDocuments
} from "../chatCompletions/defineCompatible.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { withoutMagpie } from "../provider/ModelDocument.ts"
import { chatAddress, router } from "./addresses.ts"
import { connectHuggingFace } from "./connectHuggingFace.ts"
import { endpointFields, huggingFaceKey } from "./home.ts"

const { stop: _, ...chatKwargs } = ChatCompletionsKwargs.fields

/** What goes with every request; what is not given is not sent, and up to the server. */
export const InferenceEndpointsKwargs = Schema.Struct({
  ...chatKwargs,
  /** Texts that end an answer. */
  stopSequences: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Only so many of the likeliest tokens; for servers that take it. */
  topK: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** Only tokens about as likely as is typical; for servers that take it. */
  typicalP: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /** Above 1 makes repeating a token less likely; for servers that take it. */
  repetitionPenalty: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  /** How much likelier, or less, tokens become, by their numbers. */
  logitBias: Schema.optionalKey(Schema.Record(Schema.String, Schema.Finite))
})

export interface InferenceEndpointsKwargs extends Schema.Schema.Type<
  typeof InferenceEndpointsKwargs
> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on an `InferenceEndpointsLLM`. */
export const InferenceEndpointsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(InferenceEndpointsKwargs),
  endpointName: Schema.optionalKey(Schema.String),
  endpointNamespace: Schema.optionalKey(Schema.String),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
})

export interface InferenceEndpointsParameters extends Schema.Schema.Type<
  typeof InferenceEndpointsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: InferenceEndpointsKwargs
}

/** Options of an `InferenceEndpointsLLM`. */
export interface InferenceEndpointsOptions<Model extends string = string> extends Omit<
  CompatibleOptions<Model>,
  "generationKwargs"
> {
  /** What goes with every request. */
  readonly generationKwargs?: InferenceEndpointsKwargs | undefined
  /**
   * The model's name on the Hub, if wanted with the provider that is to serve it:
   * `openai/gpt-oss-120b:groq`.
   */
  readonly model: Model
  /** An endpoint of one's own by its name: its address is looked up, and it is woken if it sleeps. */
  readonly endpointName?: string | undefined
  /** Whose endpoint it is: a user or an organisation. Default: the owner of the key. */
  readonly endpointNamespace?: string | undefined
  /**
   * The address of an endpoint. Default `HF_INFERENCE_BASE_URL`, else Hugging Face's router to its
   * inference providers.
   */
  readonly baseUrl?: Secret | undefined
  /** Default `HF_TOKEN`. */
  readonly apiKey?: Secret | undefined
  /** The organisation that pays. */
  readonly billTo?: string | undefined
  /**
   * The tokenizer of a Python program, which documents keep: servers apply the template of their
   * own model.
   */
  readonly tokenizerId?: string | undefined
}

export const inferenceEndpoints = defineProvider<InferenceEndpointsOptions>({
  type: "InferenceEndpointsLLM",
  name: "Hugging Face",
  providerId: "huggingface",
  hosts: /(^|\.)(huggingface\.co|endpoints\.huggingface\.cloud)$/,
  parameters: InferenceEndpointsParameters,
  takesNumGenerations: true,
  address: {
    option: "baseUrl",
    variable: "HF_INFERENCE_BASE_URL",
    fallback: () => router,
    tidied: chatAddress
  },
  key: huggingFaceKey,
  document: {
    ...compatibleDocument,
    modelKey: "model_id",
    needs: [],
    pythonKwargs: [
      "max_new_tokens",
      "frequency_penalty",
      "seed",
      "stop_sequences",
      "temperature",
      "top_p",
      "top_k",
      "typical_p",
      "repetition_penalty",
      "logit_bias",
      "logprobs",
      "presence_penalty",
      "top_logprobs"
    ],
    ignoredKwargs: ["do_sample", "return_full_text", "top_n_tokens", "watermark"],
    fields: [
      ...endpointFields,
      { key: "bill_to", holds: Schema.String, python: false },
      maxTokensInDocuments
    ],
    pythonShares: ["structured_output"],
    ignores: {
      model_display_name: [null],
      ...withoutMagpie
    }
  },
  otherNames: { stopSequences: "stop" },
  connect: connectHuggingFace
})

/** A model that Hugging Face serves. */
export interface InferenceEndpointsLLM<out Model extends string = string> extends NamedLLM<
  "InferenceEndpointsLLM",
  Model,
  InferenceEndpointsParameters
> {}

/**
 * Describes a model that Hugging Face serves: one of the Hub's by any of its inference providers,
 * or one on an endpoint of one's own, by name or address.
 *
 * Chats are sent as they are: the server applies the model's template. An endpoint that is named
 * and paused or scaled to zero is woken, and waited for up to 300 seconds. The key comes from
 * option `apiKey`, else from `HF_TOKEN`. Retries, timeouts (seconds) and limits are those of
 * `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64.
 *
 * @example
 *   const llama = InferenceEndpointsLLM({ model: "meta-llama/Llama-3.3-70B-Instruct" })
 *   const own = InferenceEndpointsLLM({ model: "tgi", endpointName: "my-llama", endpointNamespace: "my-team" })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/inferenceendpointsllm/
 */
export const InferenceEndpointsLLM = <const Model extends string>(
  options: InferenceEndpointsOptions<Model>
): InferenceEndpointsLLM<Model> => inferenceEndpoints.describe(options)
