/**
 * Kinds of requests: what models are asked for. Whoever asks (gate, tries, journal, limits, prices)
 * is the same for all, and knows of a request and its answer only what stands here.
 *
 * Requests are delivered one by one: each is sent and waited for. A batch API is another way to
 * deliver the same kinds, and needs three things of a provider: to *submit* many requests as one
 * job, each under the hash by which the journal would find its answer; to *look* whether the job is
 * done; and to *collect* its answers by those hashes. The journal then keeps the job's id with the
 * hashes of what it asks, before anything waits for it, so that a later run looks for the job
 * instead of asking again; collected answers enter the journal like any others. `BatchDelivery` is
 * that seam; no provider has one yet.
 */
import type * as Effect from "effect/Effect"
import type { TokenUsage } from "./Answer.ts"
import type { LLMError } from "./LLMError.ts"
import type { LLMEvent } from "./LLMEvents.ts"
import type { ModelRequest } from "./Model.ts"
import type { RequestKindName } from "./RequestKindName.ts"

/** What asking needs to know of one kind of request and its answer. */
export interface RequestKind<Request extends ModelRequest, Response> {
  readonly name: RequestKindName
  /** All that determines the answer, besides the model and where it is asked. */
  readonly identity: (request: Request) => ReadonlyArray<unknown>
  /** The end of the question, for people who look into the journal. */
  readonly shown: (request: Request) => string
  /** Characters of the question. */
  readonly inputLength: (request: Request) => number
  /** Tokens that answers may have in all, before anyone has seen one. */
  readonly outputTokens: (request: Request, averageOfOne: number | undefined) => number
  /** What answers used, where the provider says so, how many they are, and their characters. */
  readonly usage: (response: Response) => TokenUsage | undefined
  readonly count: (response: Response) => number
  readonly outputLength: (response: Response) => number
  /** What events tell of the answers. */
  readonly told: (request: Request, response: Response) => Partial<LLMEvent>
  /** The answer that a journal kept, by whatever version. */
  readonly restored: (stored: unknown) => Response
  /** How several requests are sent as one, where providers take that. */
  readonly together?: Together<Request, Response>
}

/** Several requests as one. */
export interface Together<Request, Response> {
  /** Whether a request may be sent with others. */
  readonly takes: (request: Request) => boolean
  /** What requests must have in common. */
  readonly group: (request: Request) => string
  /** How many may be one. */
  readonly most: (request: Request) => number
  /** The requests as one, and how its answer is parted into theirs. */
  readonly joined: (requests: ReadonlyArray<Request>) => {
    readonly request: Request
    readonly parts: (response: Response) => ReadonlyArray<Response>
  }
}

/** A job at a provider that answers many requests, by and by. */
export interface BatchJob {
  readonly id: string
  /** Until when the provider keeps its answers, in milliseconds since 1970. */
  readonly expiresAt?: number
}

/** Delivery by jobs: submit, look, collect. Requests and answers go under the journal's hashes. */
export interface BatchDelivery<Request extends ModelRequest, Response> {
  readonly mostRequests: number
  readonly submit: (requests: ReadonlyMap<string, Request>) => Effect.Effect<BatchJob, LLMError>
  readonly look: (job: BatchJob) => Effect.Effect<"waiting" | "done", LLMError>
  readonly collect: (
    job: BatchJob
  ) => Effect.Effect<ReadonlyMap<string, Response | LLMError>, LLMError>
}
