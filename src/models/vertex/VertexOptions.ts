/** Options of Google's models on Vertex AI: what may be given, when, and with what defaults. */
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"

/** A field of a request under Google's own names, as it is. */
const Verbatim = Schema.Record(Schema.String, Schema.Unknown)
const Tokens = Schema.Int.check(Schema.isGreaterThan(0))

/** What goes with every request to Vertex AI; what is not given is up to the model. */
export const VertexAIGenerationKwargs = Schema.Struct({
  /** From 0, always the likeliest token, to 2. */
  temperature: Schema.optionalKey(
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 2 }))
  ),
  /** Only the likeliest tokens that add up to this probability. */
  topP: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /** Only so many of the likeliest tokens. */
  topK: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThan(0))),
  /** At most so many tokens in an answer; thoughts count. */
  maxOutputTokens: Schema.optionalKey(Tokens),
  /** The same under the name that other models use; `maxOutputTokens` wins where both are given. */
  maxNewTokens: Schema.optionalKey(Tokens),
  /** Texts that end an answer. */
  stopSequences: Schema.optionalKey(Schema.Array(Schema.String)),
  /**
   * Google's `safetySettings`: `[{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE"
   * }]`.
   */
  safetySettings: Schema.optionalKey(Schema.Array(Verbatim)),
  /** Google's `tools`: `[{ googleSearch: {} }]`. */
  tools: Schema.optionalKey(Schema.Array(Verbatim)),
  /**
   * Google's `thinkingConfig`: `{ includeThoughts: true, thinkingBudget: 1024 }`. Thoughts that are
   * included are told apart from the answer.
   */
  thinkingConfig: Schema.optionalKey(Verbatim),
  /**
   * Asks for equal answers to equal requests; of several answers to a question the n-th gets seed +
   * n, counted from 0.
   */
  seed: Schema.optionalKey(Schema.Int)
})

export interface VertexAIGenerationKwargs extends Schema.Schema.Type<
  typeof VertexAIGenerationKwargs
> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set of where a model is asked. */
export const vertexServerParameters = {
  project: Schema.optionalKey(Schema.String),
  location: Schema.optionalKey(Schema.String),
  baseUrl: Schema.optionalKey(Schema.String),
  accessToken: Schema.optionalKey(SecretParameter)
}

/** Tiers of Vertex AI besides the standard one. */
export const VertexTier = Schema.Literals(["flex"])

/** What `run({ parameters })` may set on a `VertexAILLM`. */
export const VertexAIParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(VertexAIGenerationKwargs),
  batchFolder: Schema.optionalKey(Schema.String),
  storageUrl: Schema.optionalKey(Schema.String),
  serviceTier: Schema.optionalKey(VertexTier),
  ...vertexServerParameters,
  ...sharedParameters
})

export interface VertexAIParameters extends Schema.Schema.Type<typeof VertexAIParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: VertexAIGenerationKwargs
}

/** The content of a service account's key file. */
export type GoogleCredentials = Readonly<Record<string, unknown>>

/** Where models on Vertex AI are asked, and who asks. */
export interface VertexServerOptions {
  /** The Google Cloud project. Default `GOOGLE_CLOUD_PROJECT`. */
  readonly project?: string | undefined
  /** The region, or `global`. Default `GOOGLE_CLOUD_LOCATION`, else `global`. */
  readonly location?: string | undefined
  /**
   * Where the server is. Default `GOOGLE_VERTEX_BASE_URL`, else Google's host for the location. Its
   * user and the values of its query are kept secret.
   */
  readonly baseUrl?: Secret | undefined
  /**
   * A token to send as it is, such as `gcloud auth print-access-token` gives; Google's last an
   * hour.
   */
  readonly accessToken?: Secret | undefined
  /**
   * The content of a service account's key file. Without it and a token, application default
   * credentials are looked up.
   */
  readonly credentials?: GoogleCredentials | Redacted.Redacted<GoogleCredentials> | undefined
}

/** Options of a `VertexAILLM`. */
export interface VertexAIOptions<Model extends string = string>
  extends ServerOptions<VertexAIGenerationKwargs>, VertexServerOptions {
  readonly model: Model
  /**
   * The folder of Cloud Storage that holds the files of batch jobs: `gs://my-bucket/distilabel`.
   * `delivery: "batch"` needs it; Vertex AI's service agent has to read and write there.
   */
  readonly batchFolder?: string | undefined
  /**
   * `flex` for half the price and longer waits, of models that have it, at location `global`. Its
   * timeout is 900 seconds unless `timeout` says otherwise, and the standard tier is asked where it
   * has no room. Default: the standard one.
   */
  readonly serviceTier?: typeof VertexTier.Type | undefined
  /** Where Cloud Storage is, if not at `https://storage.googleapis.com`. */
  readonly storageUrl?: string | undefined
}
