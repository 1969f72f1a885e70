/** Deployments of OpenAI's models on Azure. */
import * as Schema from "effect/Schema"
import { environment } from "../asking/environment.ts"
import { SecretParameter, sharedParameters } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"
import type { NamedLLM } from "../chat/LLM.ts"
import { ChatCompletionsKwargs } from "../chatCompletions/chatKwargs.ts"
import { compatibleDocument, type CompatibleOptions } from "../chatCompletions/defineCompatible.ts"
import { defineProvider } from "../provider/defineProvider.ts"
import { connectAzure } from "./connectAzure.ts"

/** What `run({ parameters })` may set on an `AzureOpenAILLM`. */
export const AzureOpenAIParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(ChatCompletionsKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  apiVersion: Schema.optionalKey(Schema.String),
  ...sharedParameters
})

export interface AzureOpenAIParameters extends Schema.Schema.Type<typeof AzureOpenAIParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: ChatCompletionsKwargs
}

/** Options of an `AzureOpenAILLM`. */
export interface AzureOpenAIOptions<
  Model extends string = string
> extends CompatibleOptions<Model> {
  /** The name of the deployment. */
  readonly model: Model
  /** The resource's endpoint, `https://NAME.openai.azure.com`. Default `AZURE_OPENAI_ENDPOINT`. */
  readonly baseUrl?: Secret | undefined
  /** Default `AZURE_OPENAI_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /** The version of the API. Default `OPENAI_API_VERSION`, else `2024-10-21`. */
  readonly apiVersion?: string | undefined
  /** Fetches a token of Entra ID for a request, in place of a key. Documents do not hold it. */
  readonly azureAdTokenProvider?: (() => PromiseLike<string>) | undefined
}

export const azureOpenAI = defineProvider<AzureOpenAIOptions>({
  type: "AzureOpenAILLM",
  name: "Azure OpenAI",
  providerId: "azure.ai.openai",
  hosts: /(^|\.)(openai|cognitiveservices|services\.ai)\.azure\.com$/,
  priceId: "azure",
  parameters: AzureOpenAIParameters,
  takesNumGenerations: true,
  address: {
    option: "baseUrl",
    variable: "AZURE_OPENAI_ENDPOINT",
    fallback: () => "https://api.openai.azure.com",
    tidied: (url) => url.replace(/\/(openai(\/.*)?)?$/, "")
  },
  key: {
    option: "apiKey",
    headers: /^(authorization|api-key)$/i,
    variable: "AZURE_OPENAI_API_KEY",
    give: "set AZURE_OPENAI_API_KEY, or option apiKey or azureAdTokenProvider",
    replaced: ({ azureAdTokenProvider }) => azureAdTokenProvider !== undefined
  },
  missing: ({ baseUrl }) =>
    baseUrl === undefined && environment("AZURE_OPENAI_ENDPOINT") === undefined
      ? {
          detail: "there is no endpoint",
          give: "set AZURE_OPENAI_ENDPOINT or option baseUrl to https://NAME.openai.azure.com"
        }
      : undefined,
  notInDocuments: ["azureAdTokenProvider"],
  document: {
    ...compatibleDocument,
    fields: [
      ...compatibleDocument.fields,
      { key: "api_version", holds: Schema.String, python: true }
    ]
  },
  connect: connectAzure
})

/** A deployment on Azure. */
export interface AzureOpenAILLM<out Model extends string = string> extends NamedLLM<
  "AzureOpenAILLM",
  Model,
  AzureOpenAIParameters
> {}

/**
 * Describes a deployment of a chat model on Azure OpenAI; `model` is the deployment's name.
 *
 * The endpoint comes from option `baseUrl`, else from `AZURE_OPENAI_ENDPOINT`; the key from
 * `apiKey`, else from `AZURE_OPENAI_API_KEY`, or a token from `azureAdTokenProvider`; the version
 * from `apiVersion`, else from `OPENAI_API_VERSION`. Retries, timeouts (seconds) and limits are
 * those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. Several answers to a
 * question are one request.
 *
 * @example
 *   const gpt = AzureOpenAILLM({
 *     model: "my-gpt-4o",
 *     baseUrl: "https://my-resource.openai.azure.com",
 *     apiVersion: "2024-10-21"
 *   })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, Unreachable, QuotaExhausted; per request: Refused,
 *   InvalidRequest, ModelNotFound, and what keeps failing after the retries
 * @source https://distilabel.argilla.io/latest/components-gallery/llms/azureopenaillm/
 */
export const AzureOpenAILLM = <const Model extends string>(
  options: AzureOpenAIOptions<Model>
): AzureOpenAILLM<Model> => azureOpenAI.describe(options)
