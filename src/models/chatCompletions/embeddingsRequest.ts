/** Embeddings in OpenAI's protocol: what goes with a request, and how a server is asked. */
import * as Schema from "effect/Schema"
import type { EmbedOutput, EmbedRequest } from "../embeddings/Embeddings.ts"
import { Count, Fields } from "../provider/kwargs.ts"
import type { Connection, ProviderOptions, Server } from "../provider/ProviderDefinition.ts"
import { asking } from "../provider/sdk.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { openClient } from "./connect.ts"
import { embeddingsAnswer } from "./embeddingsAnswer.ts"

/** What goes with every request; what is not given is up to the server. */
export const EmbeddingsKwargs = Schema.Struct({
  /** Numbers in a vector, where a model lets one choose. */
  dimensions: Count,
  /** Further fields of the request, under the names that the server knows; they win over all others. */
  extraBody: Fields
})

export interface EmbeddingsKwargs extends Schema.Schema.Type<typeof EmbeddingsKwargs> {
  // A member of its own: messages then name the interface.
  readonly dimensions?: number
}

export const connectEmbeddings = async <Options extends ProviderOptions>(
  server: Server<Options>
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
