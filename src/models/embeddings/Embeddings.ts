/** Embeddings: models that turn texts into vectors, and what they are asked. */
import { sortedEntries } from "../chat/chatKind.ts"
import type { Model, ModelClient, ModelRequest } from "../chat/Model.ts"
import type { RequestKind } from "../chat/RequestKind.ts"
import { list, record } from "../http/wireValues.ts"

/** Texts to embed, in one request. */
export interface EmbedRequest extends ModelRequest {
  readonly texts: ReadonlyArray<string>
}

/** A vector for each text, in their order. */
export interface EmbedOutput {
  readonly embeddings: ReadonlyArray<ReadonlyArray<number>>
  /** Tokens of all texts; absent where the provider does not count. */
  readonly usage?: { readonly input: number }
}

/** An open connection to a model that embeds. */
export interface EmbeddingsClient extends ModelClient<EmbedRequest, EmbedOutput> {}

/** A model that embeds texts, described. */
export interface EmbeddingsModel<
  out Name extends string = string,
  out Parameters = unknown
> extends Model<Name, EmbeddingsClient, Parameters> {
  readonly kind: "embeddings"
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => EmbeddingsModel<Name, Parameters>
}

export const embeddingsKind: RequestKind<EmbedRequest, EmbedOutput> = {
  name: "embeddings",
  identity: ({ generationKwargs, texts }) => [texts, sortedEntries(generationKwargs)],
  shown: ({ texts }) => texts.at(-1) ?? "",
  inputLength: ({ texts }) => texts.reduce((total, text) => total + text.length, 0),
  outputTokens: () => 0,
  usage: ({ usage }) => (usage === undefined ? undefined : { ...usage, output: 0 }),
  count: ({ embeddings }) => embeddings.length,
  outputLength: () => 0,
  told: () => ({}),
  restored: (stored) => {
    const { embeddings, usage } = record(stored)
    return {
      embeddings: list(embeddings) as ReadonlyArray<ReadonlyArray<number>>,
      ...(usage === undefined ? {} : { usage: usage as { readonly input: number } })
    }
  }
}
