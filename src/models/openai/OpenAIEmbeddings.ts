/** OpenAI's embedding models, and those of every server that speaks OpenAI's protocol. */
import * as Schema from "effect/Schema"
import { diagnosed, failed, Unusable } from "../asking/Diagnosis.ts"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import { modelRoutes } from "../asking/preflight.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import type { EmbeddingsModel, EmbedOutput, EmbedRequest } from "../embeddings/Embeddings.ts"
import { neverMs } from "../http/undiciFetch.ts"
import { countIn, list, record } from "../http/wireValues.ts"
import { readBody } from "../provider/bodies.ts"
import { defineEmbeddings } from "../provider/defineProvider.ts"
import { serverFields } from "../provider/ModelDocument.ts"
import type { Connection, Server } from "../provider/ProviderDefinition.ts"
import { openAIHome } from "./provider.ts"

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

const { structuredOutput: _, ...limits } = sharedParameters

/** What `run({ parameters })` may set on an `OpenAIEmbeddings`. */
export const OpenAIEmbeddingsParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OpenAIEmbeddingsKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...limits
})

export interface OpenAIEmbeddingsParameters extends Schema.Schema.Type<
  typeof OpenAIEmbeddingsParameters
> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OpenAIEmbeddingsKwargs
}

/** Options of an `OpenAIEmbeddings`. */
export interface OpenAIEmbeddingsOptions<Model extends string = string> extends Omit<
  ServerOptions<OpenAIEmbeddingsKwargs>,
  "stream" | "structuredOutput"
> {
  readonly model: Model
  /** Where the server is. Default `OPENAI_BASE_URL`, else `https://api.openai.com/v1`. */
  readonly baseUrl?: Secret | undefined
  /** Default `OPENAI_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /** Further headers of every request. Their values are kept secret. */
  readonly defaultHeaders?: GivenHeaders | undefined
}

/** What servers get that want no key; the SDK insists on one. */
const noKey = "EMPTY"

const connect = async ({
  fetch,
  headers,
  key = noKey,
  options: { model },
  url
}: Server<OpenAIEmbeddingsOptions>): Promise<Connection<EmbedRequest, EmbedOutput>> => {
  const { OpenAI } = await import("openai")
  const client = new OpenAI({
    baseURL: url,
    apiKey: key,
    defaultHeaders: headers,
    maxRetries: 0,
    timeout: neverMs,
    fetch
  })
  return {
    ask: ({ generationKwargs, texts }) =>
      diagnosed(async (signal) => {
        const { dimensions, extraBody } = generationKwargs as OpenAIEmbeddingsKwargs
        const response = await client.embeddings
          .create(
            {
              model,
              input: [...texts],
              // Without it the SDK asks for base64, which not every server knows.
              encoding_format: "float",
              ...(dimensions === undefined ? {} : { dimensions }),
              ...extraBody
            },
            { signal }
          )
          .asResponse()
        return embeddingsIn(await response.text(), texts.length)
      }),
    lookup: modelRoutes(fetch, url, model, { authorization: `Bearer ${key}`, ...headers })
  }
}

/** The vectors in a body, by the index that each names. Throws `Unusable` unless each text has one. */
const embeddingsIn = (text: string, count: number): EmbedOutput => {
  const body = readBody(text)
  const { data, error, usage } = record(body.kind === "value" ? body.value : undefined)
  if (error !== undefined && error !== null) throw failed(error, undefined)
  const vectors = new Map(
    list(data)
      .map(record)
      .map(({ embedding, index }, position) => [index ?? position, list(embedding)])
  )
  const embeddings = Array.from({ length: count }, (_, index) => vectors.get(index) ?? [])
  if (!embeddings.every(isVector))
    throw new Unusable({
      reason: "InvalidAnswer",
      detail: `not a vector of numbers for each of ${count} texts`
    })
  const input = countIn(record(usage)["prompt_tokens"])
  return { embeddings, ...(input === undefined ? {} : { usage: { input } }) }
}

const isVector = (vector: ReadonlyArray<unknown>): vector is ReadonlyArray<number> =>
  vector.length > 0 && vector.every((value) => typeof value === "number")

export const openAIEmbeddings = defineEmbeddings<OpenAIEmbeddingsOptions>({
  ...openAIHome,
  type: "OpenAIEmbeddings",
  parameters: OpenAIEmbeddingsParameters,
  document: {
    kwargs: OpenAIEmbeddingsKwargs,
    pythonKwargs: [],
    fields: serverFields(),
    pythonShares: [],
    lacks: ["structured_output", "stream"]
  },
  connect
})

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
