/**
 * LLMs: what a task needs of a model. An `LLM` is a description and opens no connection; `open`
 * gives a client that lives as long as its scope.
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Chat } from "./Chat.ts"
import type { LLMError } from "./LLMError.ts"
import type { Observer } from "./LLMEvents.ts"

/** A JSON schema that the answer must follow. */
export interface JsonSchemaFormat {
  readonly name: string
  readonly schema: Readonly<Record<string, unknown>>
}

/** Who asks: a step, for a row that is known by its position and by its content. */
export interface RequestAsker {
  readonly step: string
  readonly row: string
  readonly content: string
}

/** One question to a model. */
export interface GenerateRequest {
  readonly messages: Chat
  /** How many answers to the same question. */
  readonly numGenerations: number
  /** The provider's generation kwargs in camelCase, as given. */
  readonly generationKwargs: Readonly<Record<string, unknown>>
  readonly structuredOutput?: JsonSchemaFormat | undefined
  /** Who asks, so that rows with the same question each get an answer of their own. */
  readonly asker?: RequestAsker | undefined
  /** Which answers of an earlier time will do: any by default, those of this run, or none. */
  readonly recalls?: "any" | "this run" | "none" | undefined
}

/**
 * Token counts, one number for each answer; one number for all answers together where the provider
 * tells no more.
 */
export interface Statistics {
  readonly input_tokens?: ReadonlyArray<number>
  readonly output_tokens?: ReadonlyArray<number>
  /** Of the output: those of thoughts, where the provider tells them apart and there are any. */
  readonly reasoning_tokens?: ReadonlyArray<number>
  /** Of the input: those that the provider had cached, where there are any. */
  readonly cached_tokens?: ReadonlyArray<number>
}

/** The log probability of a token that stands, or might have stood, at a position. */
export interface Logprob {
  readonly token: string
  readonly logprob: number
}

/**
 * Why an answer ended: by itself, at the limit of tokens, for a call of a tool, by a filter, or by
 * an error.
 */
export type FinishReason = "stop" | "length" | "tool" | "filtered" | "error"

/**
 * A model's answers to one question; null where the model gave no text. Further keys (logprobs)
 * hold one value for each answer.
 */
export interface GenerateOutput {
  readonly generations: ReadonlyArray<string | null>
  readonly statistics: Statistics
  /** For each answer why it ended, as far as the provider says so. */
  readonly finishReasons?: ReadonlyArray<FinishReason | null>
  /** For each answer what the model thought before it, where it tells; never part of the answer. */
  readonly reasonings?: ReadonlyArray<string | null>
  /** For each answer, for each of its tokens: the likeliest tokens there. */
  readonly logprobs?: ReadonlyArray<ReadonlyArray<ReadonlyArray<Logprob>> | null>
}

/** An open connection to a model. */
export interface LLMClient {
  /**
   * Answers one question, retrying what may pass; waits its turn under the model's concurrency
   * limit. Interruption aborts the request on the wire. The observer is told of every attempt.
   */
  readonly generate: (
    request: GenerateRequest,
    observer?: Observer
  ) => Effect.Effect<GenerateOutput, LLMError>
}

/** A model, described: which provider, which model, with what generation kwargs. */
export interface LLM<out Model extends string = string, out Parameters = unknown> {
  /** The class name in documents: `OpenAILLM`, … */
  readonly type: string
  readonly model: Model
  /** At most so many requests of this model are in flight, over all steps that use it. */
  readonly maxConcurrency: number
  /** What `run({ parameters: { step: { llm } } })` may set: a struct of optional keys. */
  readonly parameters: Schema.Top
  /** What the list of prices calls the provider; undefined for one that it does not have. */
  readonly priceId?: string | undefined
  /** Whether answers cost nothing, whoever asks. */
  readonly isFree?: boolean
  /** The options as given, for documents; secrets are `Redacted`. */
  readonly options: Readonly<Record<string, unknown>>
  /** Generation kwargs as given; what is not given is not sent. */
  readonly generationKwargs: Readonly<Record<string, unknown>>
  /** The JSON schema that answers follow where a request names none. */
  readonly structuredOutput?: JsonSchemaFormat | undefined
  /** The same model with runtime parameters set (decoded by `parameters`). */
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => LLM<Model, Parameters>
  /**
   * Models with the same endpoint share one client and its limit: equal after `configure` of
   * generation kwargs, new when the connection changes.
   */
  readonly endpoint: object
  /**
   * Where it would be asked now, without user and keys: the option, the environment or the default
   * says; undefined if it needs no server.
   */
  readonly address: () => string | undefined
  /**
   * Connects: fails at once, before anything is spent, on a missing key, an unknown model or an
   * unreachable host.
   */
  readonly open: Effect.Effect<LLMClient, LLMError, Scope.Scope>
  readonly "~parameters": Parameters
}

/** The runtime parameters of a model, as `run({ parameters })` takes them. */
export type ParametersOf<L> = L extends { readonly "~parameters": infer P } ? P : never

/** A question to the model with all that the model's description adds to it. */
export const requestTo = (
  llm: LLM,
  messages: Chat,
  {
    numGenerations = 1,
    structuredOutput = llm.structuredOutput
  }: Partial<Pick<GenerateRequest, "numGenerations" | "structuredOutput">> = {}
): GenerateRequest => ({
  messages,
  numGenerations,
  generationKwargs: llm.generationKwargs,
  ...(structuredOutput === undefined ? {} : { structuredOutput })
})
