/** Options of models that Ollama serves: what may be given, when, and with what defaults. */
import * as Schema from "effect/Schema"
import { sharedParameters } from "../asking/modelOptions.ts"
import type { Secret } from "../asking/secrets.ts"
import type { ServedOptions } from "../provider/hosted.ts"
import { Count, Fields, NotNegative, Seed, Share, Texts } from "../provider/kwargs.ts"

/** What goes with every request to Ollama; what is not given is up to the model. */
export const OllamaGenerationKwargs = Schema.Struct({
  /** At most so many tokens in an answer. */
  maxNewTokens: Count,
  /** From 0, always the likeliest token. */
  temperature: NotNegative,
  /** Only the likeliest tokens that add up to this probability. */
  topP: Share,
  /** Only so many of the likeliest tokens. */
  topK: Count,
  /** Texts that end an answer. */
  stop: Texts,
  /**
   * Asks for equal answers to equal requests; of several answers to a question the n-th gets seed +
   * n, counted from 0.
   */
  seed: Seed,
  /** Ollama's `format`: `"json"`, or a JSON schema; a structured output takes its place. */
  format: Schema.optionalKey(Schema.Union([Schema.String, Fields.schema])),
  /** Further options of the model under Ollama's names, such as `num_ctx`; they win over all others. */
  options: Fields,
  /** How long the model stays in memory: `"10m"`, or seconds; below 0 for ever. */
  keepAlive: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])),
  /** Whether a model that can think does, or how much. Thoughts are told apart from the answer. */
  think: Schema.optionalKey(Schema.Literals([true, false, "low", "medium", "high"]))
})

type Kwargs = typeof OllamaGenerationKwargs.Type
export interface OllamaGenerationKwargs extends Kwargs {
  // A member of its own: messages then name the interface.
  readonly maxNewTokens?: number
}

/** What `run({ parameters })` may set on an `OllamaLLM`. */
export const OllamaParameters = Schema.Struct({
  generationKwargs: Schema.optionalKey(OllamaGenerationKwargs),
  host: Schema.optionalKey(Schema.String),
  ...sharedParameters
})

type Parameters = typeof OllamaParameters.Type
export interface OllamaParameters extends Parameters {
  // A member of its own: messages then name the interface.
  readonly generationKwargs?: OllamaGenerationKwargs
}

/** Options of an `OllamaLLM`. */
export interface OllamaOptions<Model extends string = string> extends ServedOptions<
  Model,
  OllamaGenerationKwargs
> {
  /** Where the server is. Default `OLLAMA_HOST`, else `http://127.0.0.1:11434`. */
  readonly host?: Secret | undefined
}
