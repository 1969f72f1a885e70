/** Options of OpenAI's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import {
  type ClientParameters,
  SecretParameter,
  type ServerOptions,
  sharedParameters
} from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import type { MaxTokensField } from "../chatCompletions/Dialect.ts"

/**
 * What goes with every request to OpenAI and compatible servers; what is not given is not sent, and
 * up to the server.
 */
export interface OpenAIGenerationKwargs {
  /** At most so many tokens in an answer. */
  readonly maxNewTokens?: number
  /** Whether answers come with the log probabilities of their tokens. */
  readonly logprobs?: boolean
  /** How many alternatives each token's log probabilities name, 0 to 20; needs `logprobs`. */
  readonly topLogprobs?: number
  /** From -2 to 2; above 0 makes repeating a token less likely the more often it came. */
  readonly frequencyPenalty?: number
  /** From -2 to 2; above 0 makes repeating a token less likely once it came. */
  readonly presencePenalty?: number
  /** From 0, always the likeliest token, to 2. */
  readonly temperature?: number
  /** Only the likeliest tokens that add up to this probability. */
  readonly topP?: number
  /** Texts that end an answer. */
  readonly stop?: string | ReadonlyArray<string>
  /**
   * Asks for equal answers to equal requests, as far as the provider can; with several answers the
   * n-th gets seed + n where they are asked one by one.
   */
  readonly seed?: number
  /**
   * OpenAI's `response_format` as it is, such as `{ type: "json_object" }`; a structured output
   * takes its place.
   */
  readonly responseFormat?: Readonly<Record<string, unknown>>
  /** Further fields of the request, under the names that the server knows; they win over all others. */
  readonly extraBody?: Readonly<Record<string, unknown>>
}

/** What `run({ parameters })` may set on an `OpenAILLM`. */
export interface OpenAIParameters extends ClientParameters {
  readonly generationKwargs?: OpenAIGenerationKwargs
  readonly baseUrl?: string
  readonly apiKey?: Secret
}

/** Options of an `OpenAILLM`. */
export interface OpenAIOptions<
  Model extends string = string
> extends ServerOptions<OpenAIGenerationKwargs> {
  readonly model: Model
  /**
   * Where the server is. Default `OPENAI_BASE_URL`, else `https://api.openai.com/v1`. Its user and
   * the values of its query are kept secret.
   */
  readonly baseUrl?: Secret | undefined
  /** Default `OPENAI_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /**
   * Further headers of every request. Their values are kept secret, but for those of headers that
   * are known to hold none, such as `OpenAI-Organization`.
   */
  readonly defaultHeaders?: GivenHeaders | undefined
  /**
   * The field that `maxNewTokens` is sent as. Default `max_completion_tokens` at OpenAI, else
   * `max_tokens`, or the other one once the server refuses that.
   */
  readonly maxTokensField?: MaxTokensField | undefined
}

export const OpenAIGenerationKwargs = Schema.Struct({
  maxNewTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  logprobs: Schema.optionalKey(Schema.Boolean),
  topLogprobs: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))),
  frequencyPenalty: Schema.optionalKey(
    Schema.Finite.check(Schema.isBetween({ minimum: -2, maximum: 2 }))
  ),
  presencePenalty: Schema.optionalKey(
    Schema.Finite.check(Schema.isBetween({ minimum: -2, maximum: 2 }))
  ),
  temperature: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  topP: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  stop: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  seed: Schema.optionalKey(Schema.Int),
  responseFormat: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  extraBody: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

export const OpenAIParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OpenAIGenerationKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
})
