/** Options of Cohere's models: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { SecretParameter, type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import { type ModelDocument, serverFields } from "../provider/ModelDocument.ts"

const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What goes with every request to Cohere; what is not given is up to the model. */
export const CohereGenerationKwargs = Schema.Struct({
  /** At most so many tokens in an answer; thoughts count. */
  maxTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** The same under the name that other models use; `maxTokens` wins where both are given. */
  maxNewTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** From 0, always the likeliest token. */
  temperature: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Only so many of the likeliest tokens; 0 for all. */
  k: Schema.optionalKey(Count),
  /** The same under the name that other models use; `k` wins where both are given. */
  topK: Schema.optionalKey(Count),
  /** Only the likeliest tokens that add up to this probability. */
  p: Schema.optionalKey(Share),
  /** The same under the name that other models use; `p` wins where both are given. */
  topP: Schema.optionalKey(Share),
  /** From 0 to 1; above 0 makes repeating a token less likely the more often it came. */
  frequencyPenalty: Schema.optionalKey(Share),
  /** From 0 to 1; above 0 makes repeating a token less likely once it came. */
  presencePenalty: Schema.optionalKey(Share),
  /** Up to five texts that end an answer. */
  stopSequences: Schema.optionalKey(Schema.Array(Schema.String)),
  /**
   * Asks for equal answers to equal requests; of several answers to a question the n-th gets seed +
   * n, counted from 0.
   */
  seed: Schema.optionalKey(Schema.Int),
  /** Whether answers come with the log probabilities of their tokens. */
  logprobs: Schema.optionalKey(Schema.Boolean),
  /**
   * Cohere's `thinking`: `{ type: "disabled" }`, or `{ type: "enabled", token_budget: 1024 }`.
   * Thoughts are told apart from the answer.
   */
  thinking: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  /** Cohere's `safety_mode`: how the model is told to behave. */
  safetyMode: Schema.optionalKey(Schema.Literals(["CONTEXTUAL", "STRICT", "OFF"])),
  /** Further fields of the request, under Cohere's names; they win over all others. */
  extraBody: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown))
})

export interface CohereGenerationKwargs extends Schema.Schema.Type<typeof CohereGenerationKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on a `CohereLLM`. */
export const CohereParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(CohereGenerationKwargs),
  baseUrl: Schema.optionalKey(Schema.String),
  apiKey: Schema.optionalKey(SecretParameter),
  ...sharedParameters
})

export interface CohereParameters extends Schema.Schema.Type<typeof CohereParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: CohereGenerationKwargs
}

/** Options of a `CohereLLM`. */
export interface CohereOptions<
  Model extends string = string
> extends ServerOptions<CohereGenerationKwargs> {
  readonly model: Model
  /**
   * Where the server is. Default `COHERE_BASE_URL`, else `https://api.cohere.com`. Its user and the
   * values of its query are kept secret.
   */
  readonly baseUrl?: Secret | undefined
  /** Default `COHERE_API_KEY`. */
  readonly apiKey?: Secret | undefined
  /** Further headers of every request, such as `x-client-name`. Their values are kept secret. */
  readonly defaultHeaders?: GivenHeaders | undefined
}

/** How documents spell them. */
export const cohereDocument: ModelDocument = {
  kwargs: CohereGenerationKwargs,
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
