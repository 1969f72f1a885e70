/** Mistral's embedding models. */
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { diagnosed } from "../asking/Diagnosis.ts"
import { SecretParameter } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"
import { embeddingsAnswer } from "../chatCompletions/embeddingsAnswer.ts"
import type { EmbedOutput, EmbedRequest } from "../embeddings/Embeddings.ts"
import type { Fetch } from "../http/Fetch.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import { defineEmbeddings, type NamedEmbeddings } from "../provider/defineEmbeddings.ts"
import { plainParameters, type PlainServerOptions } from "../provider/hosted.ts"
import { Count } from "../provider/kwargs.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { mistralHome, sdkOver } from "./home.ts"

/** What goes with every request; what is not given is up to the model. */
export const MistralEmbeddingsKwargs = Schema.Struct({
  /** Numbers in a vector, where a model lets one choose. */
  dimensions: Count
})

export interface MistralEmbeddingsKwargs extends Schema.Schema.Type<
  typeof MistralEmbeddingsKwargs
> {
  // A member of its own: messages then name the interface.
  readonly dimensions?: number
}

/** What `run({ parameters })` may set on a `MistralEmbeddings`. */
export const MistralEmbeddingsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(MistralEmbeddingsKwargs),
  endpoint: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...plainParameters
})

export interface MistralEmbeddingsParameters extends Schema.Schema.Type<
  typeof MistralEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: MistralEmbeddingsKwargs
}

/** Options of a `MistralEmbeddings`. */
export interface MistralEmbeddingsOptions<
  Model extends string = string
> extends PlainServerOptions<MistralEmbeddingsKwargs> {
  readonly model: Model
  /** Where the server is. Default `MISTRAL_BASE_URL`, else `https://api.mistral.ai`. */
  readonly endpoint?: Secret | undefined
  /** Default `MISTRAL_API_KEY`. */
  readonly apiKey?: Secret | undefined
}

const connect = async (
  server: Server<MistralEmbeddingsOptions>
): Promise<Connection<EmbedRequest, EmbedOutput>> => {
  const { fetch, options } = server
  const missing = optionalPackage("@mistralai/mistralai", "MistralEmbeddings")
  const { clientOver, lookup } = await sdkOver(server, missing)
  const { embeddingsCreate } = await import("@mistralai/mistralai/funcs/embeddingsCreate.js").catch(
    missing
  )
  return {
    ask: ({ generationKwargs, texts }) =>
      diagnosed(async (signal) => {
        const { dimensions } = generationKwargs as MistralEmbeddingsKwargs
        // The plain response, as chats have it.
        const send = async (keeping: Fetch): Promise<void> => {
          const result = await embeddingsCreate(
            clientOver(keeping),
            {
              model: options.model,
              inputs: [...texts],
              ...(dimensions === undefined ? {} : { outputDimension: dimensions })
            },
            { fetchOptions: { signal } }
          )
          if (!result.ok) throw result.error
        }
        return embeddingsAnswer(await rawAnswer(fetch, send), texts.length)
      }),
    lookup
  }
}

export const mistralEmbeddings = defineEmbeddings<MistralEmbeddingsOptions>({
  ...mistralHome,
  type: "MistralEmbeddings",
  parameters: MistralEmbeddingsParameters,
  fields: [
    { key: "endpoint", holds: "address", python: true },
    { key: "api_key", holds: "secret", python: true }
  ],
  connect
})

/** An embedding model of Mistral. */
export interface MistralEmbeddings<out Model extends string = string> extends NamedEmbeddings<
  "MistralEmbeddings",
  Model,
  MistralEmbeddingsParameters
> {}

/**
 * Describes an embedding model of Mistral. Needs the package `@mistralai/mistralai`.
 *
 * Key and address are those of `MistralLLM`; retries, timeouts (seconds) and limits those of
 * `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64.
 *
 * @example
 *   const embed = MistralEmbeddings({ model: "mistral-embed" })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request:
 *   InvalidRequest, and what keeps failing after the retries
 */
export const MistralEmbeddings = <const Model extends string>(
  options: MistralEmbeddingsOptions<Model>
): MistralEmbeddings<Model> => mistralEmbeddings.describe(options)
