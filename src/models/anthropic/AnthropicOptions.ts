/** Options of Anthropic's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import { type ModelDocument, serverFields } from "../provider/ModelDocument.ts"

const Tokens = Schema.Int.check(Schema.isGreaterThan(0))
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** What goes with every request to Anthropic; what is not given is up to the model. */
export const AnthropicGenerationKwargs = Schema.Struct({
  /** At most so many tokens in an answer; thoughts count. Default 4096: this API wants a limit. */
  maxTokens: Schema.optionalKey(Tokens),
  /** The same under the name that other models use; `maxTokens` wins where both are given. */
  maxNewTokens: Schema.optionalKey(Tokens),
  /** Texts that end an answer. */
  stopSequences: Schema.optionalKey(Schema.Array(Schema.String)),
  /** From 0, nearly always the likeliest token, to 1. */
  temperature: Schema.optionalKey(Share),
  /** Only the likeliest tokens that add up to this probability. */
  topP: Schema.optionalKey(Share),
  /** Only so many of the likeliest tokens. */
  topK: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /**
   * Anthropic's `thinking`: `{ type: "enabled", budget_tokens: 1024 }`. Thoughts are told apart
   * from the answer.
   */
  thinking: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  /** Further fields of the request, under Anthropic's names; they win over all others. */
  extraBody: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

export interface AnthropicGenerationKwargs extends Schema.Schema.Type<
  typeof AnthropicGenerationKwargs
> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on an `AnthropicLLM`. */
export const AnthropicParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(AnthropicGenerationKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
})

export interface AnthropicParameters extends Schema.Schema.Type<typeof AnthropicParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: AnthropicGenerationKwargs
}

/** Options of an `AnthropicLLM`. */
export interface AnthropicOptions<
  Model extends string = string
> extends ServerOptions<AnthropicGenerationKwargs> {
  readonly model: Model
  /**
   * Where the server is. Default `ANTHROPIC_BASE_URL`, else `https://api.anthropic.com`. Its user
   * and the values of its query are kept secret.
   */
  readonly baseUrl?: Secret | undefined
  /** Default `ANTHROPIC_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /** Further headers of every request, such as `anthropic-beta`. Their values are kept secret. */
  readonly defaultHeaders?: GivenHeaders | undefined
}

/** How documents spell them. */
export const anthropicDocument: ModelDocument = {
  kwargs: AnthropicGenerationKwargs,
  pythonKwargs: ["max_tokens", "stop_sequences", "temperature", "top_p", "top_k"],
  fields: serverFields(),
  pythonShares: ["max_retries", "timeout", "structured_output"],
  ignores: { http_client: [] }
}
