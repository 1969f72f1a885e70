/** Google's embedding models on Vertex AI. */
import * as Schema from "effect/Schema"
import { diagnosed, failed } from "../asking/Diagnosis.ts"
import { type EmbedOutput, type EmbedRequest, mergedVectors } from "../embeddings/Embeddings.ts"
import { rawAnswer } from "../http/rawAnswer.ts"
import { countIn, list, record } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"
import { defineEmbeddings, type NamedEmbeddings, vectorsOf } from "../provider/defineEmbeddings.ts"
import { plainParameters, type PlainServerOptions } from "../provider/hosted.ts"
import { Count } from "../provider/kwargs.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { openVertex, vertexFields, vertexHome } from "./home.ts"
import { type VertexServerOptions, vertexServerParameters } from "./VertexOptions.ts"

/** What goes with every request; what is not given is up to the model. */
export const VertexAIEmbeddingsKwargs = Schema.Struct({
  /** Numbers in a vector, where a model lets one choose. */
  dimensions: Count,
  /** What the vectors are for: `RETRIEVAL_DOCUMENT`, `SEMANTIC_SIMILARITY`, `CLUSTERING`, … */
  taskType: Schema.optionalKey(Schema.String)
})

export interface VertexAIEmbeddingsKwargs extends Schema.Schema.Type<
  typeof VertexAIEmbeddingsKwargs
> {
  // A member of its own: messages then name the interface.
  readonly dimensions?: number
}

/** What `run({ parameters })` may set on a `VertexAIEmbeddings`. */
export const VertexAIEmbeddingsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(VertexAIEmbeddingsKwargs),
  ...vertexServerParameters,
  ...plainParameters
})

export interface VertexAIEmbeddingsParameters extends Schema.Schema.Type<
  typeof VertexAIEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: VertexAIEmbeddingsKwargs
}

/** Options of a `VertexAIEmbeddings`. */
export interface VertexAIEmbeddingsOptions<Model extends string = string>
  extends PlainServerOptions<VertexAIEmbeddingsKwargs>, VertexServerOptions {
  readonly model: Model
}

/** Models that take one text a request; others take many. */
const takesOne = (model: string): boolean => /gemini|maas/.test(model)

const connect = async (
  server: Server<VertexAIEmbeddingsOptions>
): Promise<Connection<EmbedRequest, EmbedOutput>> => {
  const { fetch, options } = server
  const { model } = options
  const { client, lookup } = await openVertex(server, "VertexAIEmbeddings")
  return {
    ask: ({ generationKwargs, texts }) =>
      diagnosed(async (signal) => {
        const { dimensions, taskType } = generationKwargs as VertexAIEmbeddingsKwargs
        const embedded = async (some: ReadonlyArray<string>): Promise<EmbedOutput> =>
          vectorsIn(
            await rawAnswer(fetch, (keeping) =>
              client.models.embedContent({
                model,
                contents: [...some],
                config: {
                  abortSignal: signal,
                  httpOptions: { fetch: keeping },
                  ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
                  ...(taskType === undefined ? {} : { taskType })
                }
              })
            ),
            some.length
          )
        return takesOne(model)
          ? mergedVectors(await Promise.all(texts.map((text) => embedded([text]))))
          : embedded(texts)
      }),
    lookup
  }
}

/** The vectors in a body, of one text or of many. Throws `Unusable` unless each text has one. */
const vectorsIn = (text: string, count: number): EmbedOutput => {
  const body = readBody(text)
  const { embedding, error, predictions, usageMetadata } = record(
    body.kind === "value" ? body.value : undefined
  )
  if (error !== undefined && error !== null) throw failed(error, undefined)
  const found =
    embedding === undefined
      ? list(predictions).map((prediction) => record(record(prediction)["embeddings"]))
      : [record(embedding)]
  const counts = [
    countIn(record(usageMetadata)["promptTokenCount"]),
    ...found.map(({ statistics }) => countIn(record(statistics)["token_count"]))
  ].filter((tokens) => tokens !== undefined)
  return vectorsOf(
    found.map(({ values }) => list(values)),
    count,
    counts.length === 0 ? undefined : counts.reduce((sum, tokens) => sum + tokens, 0)
  )
}

export const vertexAIEmbeddings = defineEmbeddings<VertexAIEmbeddingsOptions>({
  ...vertexHome,
  type: "VertexAIEmbeddings",
  parameters: VertexAIEmbeddingsParameters,
  notInDocuments: ["credentials"],
  fields: vertexFields,
  connect
})

/** An embedding model on Vertex AI. */
export interface VertexAIEmbeddings<out Model extends string = string> extends NamedEmbeddings<
  "VertexAIEmbeddings",
  Model,
  VertexAIEmbeddingsParameters
> {}

/**
 * Describes an embedding model of Google on Vertex AI. Needs the package `@google/genai`.
 *
 * Project, location and credentials are those of `VertexAILLM`; retries, timeouts (seconds) and
 * limits those of `OpenAILLM`: `maxRetries` 6, `timeout` 120, `maxConcurrency` 64. Gemini's
 * embedding models take one text a request: texts that are sent together are as many requests at
 * once, and count as one against the limits.
 *
 * @example
 *   const embed = VertexAIEmbeddings({ model: "text-embedding-005", generationKwargs: { taskType: "CLUSTERING" } })
 *
 * @fails LLMError when opened: PackageMissing, MissingApiKey (credentials or project), Unauthorized, Unreachable; per request: ModelNotFound,
 *   InvalidRequest, and what keeps failing after the retries
 */
export const VertexAIEmbeddings = <const Model extends string>(
  options: VertexAIEmbeddingsOptions<Model>
): VertexAIEmbeddings<Model> => vertexAIEmbeddings.describe(options)
