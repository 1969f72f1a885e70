/** Options of Gemini models by Google's own API: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import { VertexAIGenerationKwargs } from "../vertex/VertexOptions.ts"

/** What goes with every request, the same as on Vertex AI; what is not given is up to the model. */
export const GeminiGenerationKwargs = VertexAIGenerationKwargs

export interface GeminiGenerationKwargs extends VertexAIGenerationKwargs {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on a `GeminiLLM`. */
export const GeminiParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(GeminiGenerationKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
})

export interface GeminiParameters extends Schema.Schema.Type<typeof GeminiParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: GeminiGenerationKwargs
}

/** Options of a `GeminiLLM`. */
export interface GeminiOptions<
  Model extends string = string
> extends ServerOptions<GeminiGenerationKwargs> {
  readonly model: Model
  /**
   * Where the server is. Default `GOOGLE_GEMINI_BASE_URL`, else
   * `https://generativelanguage.googleapis.com`. Its user and the values of its query are kept
   * secret.
   */
  readonly baseUrl?: Secret | undefined
  /** Default `GEMINI_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /** Further headers of every request. Their values are kept secret. */
  readonly defaultHeaders?: GivenHeaders | undefined
}
