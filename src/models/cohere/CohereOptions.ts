/** Options of Cohere's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { type HostedOptions, hostedParameters } from "../provider/hosted.ts"
import {
  Count,
  CountOrNone,
  Fields,
  Flag,
  NotNegative,
  Seed,
  Share,
  Texts
} from "../provider/kwargs.ts"
import { type ProviderDocument, serverFields } from "../provider/ModelDocument.ts"

/** What goes with every request to Cohere; what is not given is up to the model. */
export const CohereGenerationKwargs = Schema.Struct({
  /** At most so many tokens in an answer; thoughts count. */
  maxTokens: Count,
  /** The same under the name that other models use; `maxTokens` wins where both are given. */
  maxNewTokens: Count,
  /** From 0, always the likeliest token. */
  temperature: NotNegative,
  /** Only so many of the likeliest tokens; 0 for all. */
  k: CountOrNone,
  /** The same under the name that other models use; `k` wins where both are given. */
  topK: CountOrNone,
  /** Only the likeliest tokens that add up to this probability. */
  p: Share,
  /** The same under the name that other models use; `p` wins where both are given. */
  topP: Share,
  /** From 0 to 1; above 0 makes repeating a token less likely the more often it came. */
  frequencyPenalty: Share,
  /** From 0 to 1; above 0 makes repeating a token less likely once it came. */
  presencePenalty: Share,
  /** Up to five texts that end an answer. */
  stopSequences: Texts,
  /**
   * Asks for equal answers to equal requests; of several answers to a question the n-th gets seed +
   * n, counted from 0.
   */
  seed: Seed,
  /** Whether answers come with the log probabilities of their tokens. */
  logprobs: Flag,
  /**
   * Cohere's `thinking`: `{ type: "disabled" }`, or `{ type: "enabled", token_budget: 1024 }`.
   * Thoughts are told apart from the answer.
   */
  thinking: Fields,
  /** Cohere's `safety_mode`: how the model is told to behave. */
  safetyMode: Schema.optionalKey(Schema.Literals(["CONTEXTUAL", "STRICT", "OFF"])),
  /** Further fields of the request, under Cohere's names; they win over all others. */
  extraBody: Fields
})

export interface CohereGenerationKwargs extends Schema.Schema.Type<typeof CohereGenerationKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on a `CohereLLM`. */
export const CohereParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(CohereGenerationKwargs),
  ...hostedParameters
})

export interface CohereParameters extends Schema.Schema.Type<typeof CohereParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: CohereGenerationKwargs
}

/**
 * Options of a `CohereLLM`. The address is else in `COHERE_BASE_URL`, the key in `COHERE_API_KEY`.
 */
export interface CohereOptions<Model extends string = string> extends HostedOptions<
  Model,
  CohereGenerationKwargs
> {}

/** How documents spell them. */
export const cohereDocument: ProviderDocument = {
  pythonKwargs: [
    "temperature",
    "max_tokens",
    "k",
    "p",
    "seed",
    "stop_sequences",
    "frequency_penalty",
    "presence_penalty"
  ],
  ignoredKwargs: ["raw_prompting"],
  fields: serverFields(),
  pythonShares: ["timeout", "structured_output"],
  ignores: { client_name: ["distilabel"] }
}
