/** Options of Anthropic's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { type HostedOptions, hostedParameters } from "../provider/hosted.ts"
import { Count, Fields, Share, Texts } from "../provider/kwargs.ts"

/** What goes with every request to Anthropic; what is not given is up to the model. */
export const AnthropicGenerationKwargs = Schema.Struct({
  /** At most so many tokens in an answer; thoughts count. Default 4096: this API wants a limit. */
  maxTokens: Count,
  /** The same under the name that other models use; `maxTokens` wins where both are given. */
  maxNewTokens: Count,
  /** Texts that end an answer. */
  stopSequences: Texts,
  /** From 0, nearly always the likeliest token, to 1. */
  temperature: Share,
  /** Only the likeliest tokens that add up to this probability. */
  topP: Share,
  /** Only so many of the likeliest tokens. */
  topK: Count,
  /**
   * Anthropic's `thinking`: `{ type: "enabled", budget_tokens: 1024 }`. Thoughts are told apart
   * from the answer.
   */
  thinking: Fields,
  /** Further fields of the request, under Anthropic's names; they win over all others. */
  extraBody: Fields
})

type Kwargs = typeof AnthropicGenerationKwargs.Type
export interface AnthropicGenerationKwargs extends Kwargs {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on an `AnthropicLLM`. */
export const AnthropicParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(AnthropicGenerationKwargs),
  ...hostedParameters
})

type Parameters = typeof AnthropicParameters.Type
export interface AnthropicParameters extends Parameters {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: AnthropicGenerationKwargs
}

/**
 * Options of an `AnthropicLLM`. The address is else in `ANTHROPIC_BASE_URL`, the key in
 * `ANTHROPIC_API_KEY`.
 */
export interface AnthropicOptions<Model extends string = string> extends HostedOptions<
  Model,
  AnthropicGenerationKwargs
> {}
