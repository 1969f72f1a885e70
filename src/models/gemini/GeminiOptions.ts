/** Options of Gemini models by Google's own API: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { type HostedOptions, hostedParameters } from "../provider/hosted.ts"
import { VertexAIGenerationKwargs } from "../vertex/VertexOptions.ts"

/** What goes with every request, the same as on Vertex AI; what is not given is up to the model. */
export const GeminiGenerationKwargs = VertexAIGenerationKwargs

export interface GeminiGenerationKwargs extends VertexAIGenerationKwargs {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** Google's tiers. */
export const GeminiTier = Schema.Literals(["standard", "flex", "priority"])

/** What `run({ parameters })` may set on a `GeminiLLM`. */
export const GeminiParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(GeminiGenerationKwargs),
  serviceTier: Schema.optionalKey(GeminiTier),
  ...hostedParameters
})

export interface GeminiParameters extends Schema.Schema.Type<typeof GeminiParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: GeminiGenerationKwargs
}

/**
 * Options of a `GeminiLLM`. The address is else in `GOOGLE_GEMINI_BASE_URL`, the key in
 * `GEMINI_API_KEY`.
 */
export interface GeminiOptions<Model extends string = string> extends HostedOptions<
  Model,
  GeminiGenerationKwargs
> {
  /**
   * Google's tier: `flex` for half the price and longer waits. Its timeout is 900 seconds unless
   * `timeout` says otherwise, and the standard tier is asked where it has no room. Default: the
   * standard one.
   */
  readonly serviceTier?: typeof GeminiTier.Type | undefined
}
