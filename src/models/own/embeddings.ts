/** Embedding models that users bring along: a function from texts to vectors. */
import type * as Effect from "effect/Effect"
import { Unusable } from "../asking/Diagnosis.ts"
import type { ModelOptions } from "../asking/modelOptions.ts"
import { makeModelClient } from "../asking/ProviderClient.ts"
import {
  type EmbeddingsModel,
  embeddingsKind,
  type EmbedOutput,
  type EmbedRequest
} from "../embeddings/Embeddings.ts"
import {
  type AskTools,
  describeOwn,
  type OwnOptions,
  type OwnParameters,
  ownOptionNames,
  ownParameters
} from "./describeOwn.ts"

/** A vector for each text, or all that an `EmbedOutput` holds. */
export type GivenEmbeddings = ReadonlyArray<ReadonlyArray<number>> | EmbedOutput

/** Options of an embedding model of one's own. */
export interface OwnEmbeddingsOptions<Name extends string, Model extends string>
  extends
    Omit<ModelOptions<Readonly<Record<string, unknown>>>, "structuredOutput">,
    OwnOptions<Name, Model> {
  /** Embeds texts: a vector for each, in their order. What it throws is treated as `llm` does. */
  readonly ask: (
    request: EmbedRequest,
    tools: AskTools
  ) => GivenEmbeddings | Promise<GivenEmbeddings> | Effect.Effect<GivenEmbeddings, unknown>
}

/** An embedding model of one's own. */
export interface OwnEmbeddings<
  out Name extends string = string,
  out Model extends string = string
> extends EmbeddingsModel<Model, OwnParameters<Readonly<Record<string, unknown>>>> {
  readonly type: Name
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => OwnEmbeddings<Name, Model>
}

/**
 * Makes an embedding model of a function from texts to vectors, with all that `llm` has for free.
 *
 * @example
 *   const lengths = embeddings({
 *     name: "Lengths",
 *     model: "characters-and-words",
 *     ask: ({ texts }) => texts.map((text) => [text.length, text.split(" ").length])
 *   })
 *
 * @fails LLMError per request, with what `ask` throws, or if a text has no vector
 */
export const embeddings = <const Name extends string, const Model extends string>(
  options: OwnEmbeddingsOptions<Name, Model>
): OwnEmbeddings<Name, Model> =>
  describeOwn<
    OwnEmbeddings<Name, Model>,
    OwnEmbeddingsOptions<Name, Model>,
    EmbedRequest,
    EmbedOutput,
    GivenEmbeddings
  >(options, {
    requests: "embeddings",
    name: options.name,
    address: options.address,
    priceId: options.priceId,
    options: ownOptionNames,
    parameters: ownParameters,
    askOf: ({ ask }) => ask,
    read: outputOf,
    clientOf: (asked) => makeModelClient({ ...asked, kind: embeddingsKind })
  })

const outputOf = (given: GivenEmbeddings): EmbedOutput => {
  const output = "embeddings" in given ? given : { embeddings: given }
  if (!output.embeddings.every((vector) => Array.isArray(vector) && vector.length > 0))
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: "option ask gave something else than a vector of numbers for each text"
    })
  return output
}
