/** OpenAI's embedding models, and those of every server that speaks OpenAI's protocol. */
import * as Schema from "effect/Schema"
import { openClient } from "../chatCompletions/connect.ts"
import { embeddingsAnswer } from "../chatCompletions/embeddingsAnswer.ts"
import {
  type EmbeddingsModel,
  embeddingsKind,
  type EmbedOutput,
  type EmbedRequest
} from "../embeddings/Embeddings.ts"
import { defineModels } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { openAIHome, type OpenAIServerOptions, openAIServerParameters } from "./home.ts"

/** What goes with every request; what is not given is up to the server. */
export const OpenAIEmbeddingsKwargs = Schema.Struct({
  /** Numbers in a vector, where a model lets one choose. */
  dimensions: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** Further fields of the request, under the names that the server knows; they win over all others. */
  extraBody: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

export interface OpenAIEmbeddingsKwargs extends Schema.Schema.Type<typeof OpenAIEmbeddingsKwargs> {
  // A member of its own: messages then name the interface.
  readonly dimensions?: number
}

/** What `run({ parameters })` may set on an `OpenAIEmbeddings`. */
export const OpenAIEmbeddingsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OpenAIEmbeddingsKwargs),
  ...openAIServerParameters
})

export interface OpenAIEmbeddingsParameters extends Schema.Schema.Type<
  typeof OpenAIEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OpenAIEmbeddingsKwargs
}

/** Options of an `OpenAIEmbeddings`. */
export interface OpenAIEmbeddingsOptions<
  Model extends string = string
> extends OpenAIServerOptions<OpenAIEmbeddingsKwargs> {
  readonly model: Model
}

const connect = async (
  server: Server<OpenAIEmbeddingsOptions>
): Promise<Connection<EmbedRequest, EmbedOutput>> => {
  const { client, lookup } = await openClient(server)
  return {
    ask: asking(
      ({ generationKwargs, texts }, signal) =>
        client.embeddings
          .create(
            {
              model: server.options.model,
              input: [...texts],
              // Without it the SDK asks for base64, which not every server knows.
              encoding_format: "float",
              ...wireKwargs(generationKwargs)
            },
            { signal }
          )
          .asResponse(),
      (text, { texts }) => embeddingsAnswer(text, texts.length)
    ),
    lookup
  }
}

export const openAIEmbeddings = defineModels<OpenAIEmbeddingsOptions, EmbedRequest, EmbedOutput>(
  embeddingsKind,
  { texts: ["Hi"], generationKwargs: {} },
  {
    ...openAIHome,
    type: "OpenAIEmbeddings",
    parameters: OpenAIEmbeddingsParameters,
    document: {
      pythonKwargs: [],
      fields: serverFields(),
      pythonShares: [],
      lacks: ["structured_output", "stream"]
    },
    connect
  }
)

/** An embedding model of OpenAI, or of a server that speaks its protocol. */
export interface OpenAIEmbeddings<out Model extends string = string> extends EmbeddingsModel<
  Model,
  OpenAIEmbeddingsParameters
> {
  readonly type: "OpenAIEmbeddings"
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => OpenAIEmbeddings<Model>
}

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
