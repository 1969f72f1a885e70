/** Embeddings: models that turn texts into vectors, and what they are asked. */
import { usageShares } from "../chat/Answer.ts"
import { sortedEntries } from "../chat/chatKind.ts"
import type { Model, ModelClient, ModelRequest } from "../chat/Model.ts"
import type { RequestKind } from "../chat/RequestKind.ts"
import { list, record } from "../http/wireValues.ts"

/** Texts to embed, in one request. */
export interface EmbedRequest extends ModelRequest {
  readonly texts: ReadonlyArray<string>
  /**
   * With how many texts of other requests the text of this one may be sent: at most so many in all.
   * Default 1: it is sent as it is.
   */
  readonly sentWith?: number
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

/** Any model that embeds texts. */
export type AnyEmbeddings = EmbeddingsModel<string, unknown>

/** What several requests gave, as one. */
export const mergedVectors = (outputs: ReadonlyArray<EmbedOutput>): EmbedOutput => ({
  embeddings: outputs.flatMap(({ embeddings }) => embeddings),
  ...(outputs.every(({ usage }) => usage === undefined)
    ? {}
    : { usage: { input: outputs.reduce((sum, { usage }) => sum + (usage?.input ?? 0), 0) } })
})

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
  together: {
    takes: ({ sentWith = 1, texts }) => sentWith > 1 && texts.length === 1,
    group: ({ generationKwargs, sentWith }) =>
      JSON.stringify([sentWith, sortedEntries(generationKwargs)]),
    most: ({ sentWith = 1 }) => sentWith,
    joined: (requests) => {
      const asked = requests.flatMap(({ texts }) => texts)
      const texts = [...new Set(asked)]
      const indices = new Map(texts.map((text, index) => [text, index]))
      return {
        request: { ...requests[0]!, texts },
        parts: ({ embeddings, usage }) =>
          usageShares(usage === undefined ? undefined : { ...usage, output: 0 }, asked.length).map(
            (share, i) => ({
              embeddings: [embeddings[indices.get(asked[i]!)!]!],
              ...(share === undefined ? {} : { usage: { input: share.input } })
            })
          )
      }
    }
  },
  restored: (stored) => {
    const { embeddings, usage } = record(stored)
    return {
      embeddings: list(embeddings) as ReadonlyArray<ReadonlyArray<number>>,
      ...(usage === undefined ? {} : { usage: usage as { readonly input: number } })
    }
  }
}

/** Whether a value of a body is a vector. */
export const isVector = (value: ReadonlyArray<unknown>): value is ReadonlyArray<number> =>
  value.length > 0 && value.every((number) => typeof number === "number")
