/** Options of Mistral's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"

/** What goes with every request to Mistral; what is not given is up to the model. */
export const MistralGenerationKwargs = Schema.Struct({
  /** At most so many tokens in an answer. */
  maxNewTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** From 0, always the likeliest token, to 1.5. */
  temperature: Schema.optionalKey(
    Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1.5 }))
  ),
  /** Only the likeliest tokens that add up to this probability. */
  topP: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /**
   * Asks for equal answers to equal requests; of several answers to a question the n-th gets seed +
   * n, counted from 0.
   */
  seed: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
})

export interface MistralGenerationKwargs extends Schema.Schema.Type<
  typeof MistralGenerationKwargs
> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on a `MistralLLM`. */
export const MistralParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(MistralGenerationKwargs),
  endpoint: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
})

export interface MistralParameters extends Schema.Schema.Type<typeof MistralParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: MistralGenerationKwargs
}

/** Options of a `MistralLLM`. */
export interface MistralOptions<
  Model extends string = string
> extends ServerOptions<MistralGenerationKwargs> {
  readonly model: Model
  /**
   * Where the server is. Default `MISTRAL_BASE_URL`, else `https://api.mistral.ai`. Its user and
   * the values of its query are kept secret.
   */
  readonly endpoint?: Secret | undefined
  /** Default `MISTRAL_API_KEY`. */
  readonly apiKey?: Secret | undefined
}
