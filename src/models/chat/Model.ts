/**
 * Models: what a step needs of one, whatever it is asked for. A model is a description and opens no
 * connection; `open` gives a client that lives as long as its scope.
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as hidden from "../../columns/hidden.ts"
import type { LLMError } from "./LLMError.ts"
import type { Observer } from "./LLMEvents.ts"
import type { RequestKindName } from "./RequestKindName.ts"

/** Who asks: a step, for a row that is known by its position and by its content. */
export interface RequestAsker {
  readonly step: string
  readonly row: string
  readonly content: string
}

/** What every request has, whatever it asks for. */
export interface ModelRequest {
  /** The provider's generation kwargs in camelCase, as given. */
  readonly generationKwargs: Readonly<Record<string, unknown>>
  /** Who asks, so that rows with the same question each get an answer of their own. */
  readonly asker?: RequestAsker | undefined
  /** Which answers of an earlier time will do: any by default, those of this run, or none. */
  readonly recalls?: "any" | "this run" | "none" | undefined
  /** Whether it is sent alone and waited for, as by default, or goes with others into a job. */
  readonly delivery?: Delivery | undefined
}

/** How requests are delivered: each at once, or many as one job of the provider's batch API. */
export type Delivery = "online" | "batch"

/** An open connection to a model. */
export interface ModelClient<Request, Response> {
  /**
   * Answers one request, retrying what may pass; waits its turn under the model's concurrency
   * limit. Interruption aborts the request on the wire. The observer is notified of every attempt.
   */
  readonly generate: (request: Request, observer?: Observer) => Effect.Effect<Response, LLMError>
  /** Whether requests may go into jobs of the provider's batch API. Default: no. */
  readonly takesBatches?: boolean | undefined
  /** What is missing before they may, and how to give it, as a sentence. */
  readonly lacksForBatches?: string | undefined
  /** The answer to a request that was paid for before; undefined if it has to be asked. */
  readonly recall?: (
    request: Request,
    observer?: Observer
  ) => Effect.Effect<Response | undefined, LLMError>
  /** Milliseconds until anybody may ask again; 0 where nothing keeps one from it. */
  readonly closedMs?: () => number
}

/** A model that is part of another. */
type Member = Model

/** A model, described: which provider, which model, with what options. */
export interface Model<
  out Name extends string = string,
  out Client = unknown,
  out Parameters = unknown
> {
  /** The class name in documents: `OpenAILLM`, … */
  readonly type: string
  /** What it is asked for. */
  readonly kind: RequestKindName
  readonly model: Name
  /** At most so many requests of this model are in flight, over all steps that use it. */
  readonly maxConcurrency: number
  /** What `run({ parameters: { step: { llm } } })` may set: a struct of optional keys. */
  readonly parameters: Schema.Top
  /** What the list of prices calls the provider; undefined for one that it does not have. */
  readonly priceId?: string | undefined
  /** Whether answers cost nothing, whoever asks. */
  readonly isFree?: boolean
  /** Whether its provider answers many requests as one job, for less. */
  readonly takesBatches?: boolean
  /** What answers of its flex tier cost of the usual price, where it has one that costs less. */
  readonly flexShare?: number
  /** The options as given, for documents; secrets are `Redacted`. */
  readonly options: Readonly<Record<string, unknown>>
  /** Generation kwargs as given; what is not given is not sent. */
  readonly generationKwargs: Readonly<Record<string, unknown>>
  /** The same model with runtime parameters set (decoded by `parameters`). */
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => Model<Name, Client, Parameters>
  /**
   * Models with the same endpoint share one client and its limit: equal after `configure` of
   * generation kwargs, new when the connection changes.
   */
  readonly endpoint: object
  /** The models that it is made of, by the options that hold them. */
  readonly members?: Readonly<Record<string, Member | ReadonlyArray<Member>>>
  /**
   * Where it would be asked now, without user and keys: the option, the environment or the default
   * says; undefined if it needs no server.
   */
  readonly address: () => string | undefined
  /**
   * Connects: fails at once, before anything is spent, on a missing key, an unknown model or an
   * unreachable host.
   */
  readonly open: Effect.Effect<Client, LLMError, Scope.Scope>
  readonly [hidden.parameters]: Parameters
}

/** The runtime parameters of a model, as `run({ parameters })` takes them. */
export type ParametersOf<M> = M extends { readonly [hidden.parameters]: infer P } ? P : never
