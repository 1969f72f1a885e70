/** What goes with a chat completion, on every server that speaks the protocol. */
import * as Schema from "effect/Schema"
import { Count, Fields, Flag, NotNegative, Seed, Share } from "../provider/kwargs.ts"

const Penalty = Schema.optionalKey(
  Schema.Finite.check(Schema.isBetween({ minimum: -2, maximum: 2 }))
)

/** What is not given is not sent, and up to the server. */
export const ChatCompletionsKwargs = Schema.Struct({
  /** At most so many tokens in an answer. */
  maxNewTokens: Count,
  /** Whether answers come with the log probabilities of their tokens. */
  logprobs: Flag,
  /** How many alternatives each token's log probabilities name, 0 to 20; needs `logprobs`. */
  topLogprobs: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))),
  /** From -2 to 2; above 0 makes repeating a token less likely the more often it came. */
  frequencyPenalty: Penalty,
  /** From -2 to 2; above 0 makes repeating a token less likely once it came. */
  presencePenalty: Penalty,
  /** From 0, always the likeliest token, to 2. */
  temperature: NotNegative,
  /** Only the likeliest tokens that add up to this probability. */
  topP: Share,
  /** Texts that end an answer. */
  stop: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  /**
   * Asks for equal answers to equal requests, as far as the provider can; with several answers the
   * n-th gets seed + n where they are asked one by one.
   */
  seed: Seed,
  /**
   * The protocol's `response_format` as it is, such as `{ type: "json_object" }`; a structured
   * output takes its place.
   */
  responseFormat: Fields,
  /** Further fields of the request, under the names that the server knows; they win over all others. */
  extraBody: Fields
})

export interface ChatCompletionsKwargs extends Schema.Schema.Type<typeof ChatCompletionsKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** The keyword arguments that Python's classes for the protocol take. */
export const pythonChatKwargs = [
  "max_new_tokens",
  "logprobs",
  "top_logprobs",
  "frequency_penalty",
  "presence_penalty",
  "temperature",
  "top_p",
  "stop",
  "response_format",
  "extra_body"
]
