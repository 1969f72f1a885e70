/** OpenAI's embedding models, and those of every server that speaks OpenAI's protocol. */
import * as Schema from "effect/Schema"
import { connectEmbeddings, EmbeddingsKwargs } from "../chatCompletions/embeddingsRequest.ts"
import { defineEmbeddings, type NamedEmbeddings } from "../provider/defineEmbeddings.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import { openAIHome, type OpenAIServerOptions, openAIServerParameters } from "./home.ts"

/** What `run({ parameters })` may set on an `OpenAIEmbeddings`. */
export const OpenAIEmbeddingsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(EmbeddingsKwargs),
  ...openAIServerParameters
})

export interface OpenAIEmbeddingsParameters extends Schema.Schema.Type<
  typeof OpenAIEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: EmbeddingsKwargs
}

/** Options of an `OpenAIEmbeddings`. */
export interface OpenAIEmbeddingsOptions<
  Model extends string = string
> extends OpenAIServerOptions<EmbeddingsKwargs> {
  readonly model: Model
}

export const openAIEmbeddings = defineEmbeddings<OpenAIEmbeddingsOptions>({
  ...openAIHome,
  type: "OpenAIEmbeddings",
  parameters: OpenAIEmbeddingsParameters,
  fields: serverFields(),
  connect: connectEmbeddings
})

/** An embedding model of OpenAI, or of a server that speaks its protocol. */
export interface OpenAIEmbeddings<out Model extends string = string> extends NamedEmbeddings<
  "OpenAIEmbeddings",
  Model,
  OpenAIEmbeddingsParameters
> {}

/**
 * Describes an embedding model of OpenAI, or of any server that speaks OpenAI's protocol.
 *
 * Key, address, retries, timeouts (seconds) and limits are those of `OpenAILLM`: `maxRetries` 6,
 * `timeout` 120, `maxConcurrency` 64. A request embeds as many texts as it is given; what was paid
 * for is kept in the journal like answers to chats.
 *
 * @example
 *   const embed = OpenAIEmbeddings({ model: "text-embedding-3-small", generationKwargs: { dimensions: 256 } })
 *
 * @fails LLMError when opened: MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request:
 *   InvalidRequest, and what keeps failing after the retries
 */
export const OpenAIEmbeddings = <const Model extends string>(
  options: OpenAIEmbeddingsOptions<Model>
): OpenAIEmbeddings<Model> => openAIEmbeddings.describe(options)
