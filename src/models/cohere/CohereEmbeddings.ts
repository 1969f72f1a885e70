/** Cohere's embedding models. */
import * as Schema from "effect/Schema"
import { diagnosed, failed } from "../asking/Diagnosis.ts"
import { type EmbedOutput, type EmbedRequest, mergedVectors } from "../embeddings/Embeddings.ts"
import { countIn, list, record } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"
import { defineEmbeddings, type NamedEmbeddings, vectorsOf } from "../provider/defineEmbeddings.ts"
import { type HostedOptions, hostedParameters } from "../provider/hosted.ts"
import { Count, Fields } from "../provider/kwargs.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { wireKwargs } from "../provider/wireKwargs.ts"
import { cohereHome, openCohere } from "./home.ts"

/** What goes with every request; what is not given is up to the model. */
export const CohereEmbeddingsKwargs = Schema.Struct({
  /** Numbers in a vector, where a model lets one choose. */
  dimensions: Count,
  /**
   * What the vectors are for: `search_document`, `search_query`, `classification`, `clustering`.
   * The API wants to be told. Default `search_document`.
   */
  inputType: Schema.optionalKey(Schema.String),
  /** Which end of a text is left out where it is too long; `NONE` refuses it. Default `END`. */
  truncate: Schema.optionalKey(Schema.Literals(["NONE", "START", "END"])),
  /** Further fields of the request, under Cohere's names; they win over all others. */
  extraBody: Fields
})

export interface CohereEmbeddingsKwargs extends Schema.Schema.Type<typeof CohereEmbeddingsKwargs> {
  // A member of its own: messages then name the interface.
  readonly dimensions?: number
}

/** What `run({ parameters })` may set on a `CohereEmbeddings`. */
export const CohereEmbeddingsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(CohereEmbeddingsKwargs),
  ...hostedParameters
})

export interface CohereEmbeddingsParameters extends Schema.Schema.Type<
  typeof CohereEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: CohereEmbeddingsKwargs
}

/** Options of a `CohereEmbeddings`. */
export interface CohereEmbeddingsOptions<Model extends string = string> extends Omit<
  HostedOptions<Model, CohereEmbeddingsKwargs>,
  "stream" | "structuredOutput"
> {}

/** The API takes no more texts in a request. */
const mostTexts = 96

const connect = async (
  server: Server<CohereEmbeddingsOptions>
): Promise<Connection<EmbedRequest, EmbedOutput>> => {
  const { lookup, post } = await openCohere(server, "CohereEmbeddings")
  const { model } = server.options
  return {
    ask: ({ generationKwargs, texts }) =>
      diagnosed(async (signal) => {
        const { dimensions, ...kwargs } = generationKwargs as CohereEmbeddingsKwargs
        const fields = wireKwargs({ outputDimension: dimensions, ...kwargs })
        const embedded = async (some: ReadonlyArray<string>): Promise<EmbedOutput> => {
          const body = { model, texts: some, input_type: "search_document" }
          const response = await post(
            "v2/embed",
            { ...body, embedding_types: ["float"], ...fields },
            signal
          )
          return vectorsIn(await response.text(), some.length)
        }
        const parts = Array.from({ length: Math.ceil(texts.length / mostTexts) }, (_, i) =>
          embedded(texts.slice(i * mostTexts, (i + 1) * mostTexts))
        )
        return mergedVectors(await Promise.all(parts))
      }),
    lookup
  }
}

/** The vectors in a body. Throws `Unusable` unless each text has one. */
const vectorsIn = (text: string, count: number): EmbedOutput => {
  const body = readBody(text)
  const read = record(body.kind === "value" ? body.value : undefined)
  const { embeddings: byType, message, meta } = read
  if (byType === undefined && message !== undefined) throw failed(read, undefined)
  const input = countIn(record(record(meta)["billed_units"])["input_tokens"])
  return vectorsOf(list(record(byType)["float"]).map(list), count, input)
}

export const cohereEmbeddings = defineEmbeddings<CohereEmbeddingsOptions>({
  ...cohereHome,
  type: "CohereEmbeddings",
  parameters: CohereEmbeddingsParameters,
  fields: serverFields(),
  connect
})

/** An embedding model of Cohere. */
export interface CohereEmbeddings<out Model extends string = string> extends NamedEmbeddings<
  "CohereEmbeddings",
  Model,
  CohereEmbeddingsParameters
> {}

/**
 * Describes an embedding model of Cohere. Needs the package `cohere-ai`.
 *
 * Key and address are those of `CohereLLM`; retries, timeouts (seconds) and limits those of
 * `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. More than 96 texts are several
 * requests.
 *
 * @example
 *   const embed = CohereEmbeddings({ model: "embed-v4.0", generationKwargs: { inputType: "clustering" } })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey, Unauthorized, ModelNotFound, Unreachable, QuotaExhausted; per request:
 *   InvalidRequest, and what keeps failing after the retries
 */
export const CohereEmbeddings = <const Model extends string>(
  options: CohereEmbeddingsOptions<Model>
): CohereEmbeddings<Model> => cohereEmbeddings.describe(options)
