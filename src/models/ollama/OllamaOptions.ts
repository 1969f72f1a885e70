/** Options of models that Ollama serves: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { type ServerOptions, sharedParameters } from "../asking/modelOptions.ts"
import type { GivenHeaders, Secret } from "../asking/secrets.ts"
import type { ModelDocument } from "../provider/ModelDocument.ts"

/** What goes with every request to Ollama; what is not given is up to the model. */
export const OllamaGenerationKwargs = Schema.Struct({
  /** At most so many tokens in an answer. */
  maxNewTokens: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** From 0, always the likeliest token. */
  temperature: Schema.optionalKey(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))),
  /** Only the likeliest tokens that add up to this probability. */
  topP: Schema.optionalKey(Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))),
  /** Only so many of the likeliest tokens. */
  topK: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  /** Texts that end an answer. */
  stop: Schema.optionalKey(Schema.Array(Schema.String)),
  /**
   * Asks for equal answers to equal requests; of several answers to a question the n-th gets seed +
   * n, counted from 0.
   */
  seed: Schema.optionalKey(Schema.Int),
  /** Ollama's `format`: `"json"`, or a JSON schema; a structured output takes its place. */
  format: Schema.optionalKey(
    Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.Unknown)])
  ),
  /** Further options of the model under Ollama's names, such as `num_ctx`; they win over all others. */
  options: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
  /** How long the model stays in memory: `"10m"`, or seconds; below 0 for ever. */
  keepAlive: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  /** Whether a model that can think does, or how much. Thoughts are told apart from the answer. */
  think: Schema.optionalKey(
    Schema.Union([Schema.Boolean, Schema.Literals(["low", "medium", "high"])])
  )
})

export interface OllamaGenerationKwargs extends Schema.Schema.Type<typeof OllamaGenerationKwargs> {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on an `OllamaLLM`. */
export const OllamaParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OllamaGenerationKwargs),
  host: Schema.optionalKey(Schema.String),
  ...sharedParameters
})

export interface OllamaParameters extends Schema.Schema.Type<typeof OllamaParameters> {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OllamaGenerationKwargs
}

/** Options of an `OllamaLLM`. */
export interface OllamaOptions<
  Model extends string = string
> extends ServerOptions<OllamaGenerationKwargs> {
  readonly model: Model
  /** Where the server is. Default `OLLAMA_HOST`, else `http://127.0.0.1:11434`. */
  readonly host?: Secret | undefined
  /** Further headers of every request. Their values are kept secret. */
  readonly defaultHeaders?: GivenHeaders | undefined
}

/** How documents spell them. */
export const ollamaDocument: ModelDocument = {
  kwargs: OllamaGenerationKwargs,
  pythonKwargs: ["format", "options", "keep_alive"],
  fields: [
    { key: "host", holds: "address", python: true },
    { key: "default_headers", holds: "headers", python: false }
  ],
  pythonShares: ["timeout", "structured_output"],
  ignores: {
    follow_redirects: [true],
    tokenizer_id: [null],
    use_magpie_template: [false],
    magpie_pre_query_template: [null]
  }
}
