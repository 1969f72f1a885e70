/**
 * Access to a model: all that asking it needs, as one value that the functions of asking share.
 */
import type * as Effect from "effect/Effect"
import { addressIdentity } from "../../secrets/addresses.ts"
import type { LLMError } from "../chat/LLMError.ts"
import type { LLMEvent } from "../chat/LLMEvents.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { RequestKind } from "../chat/RequestKind.ts"
import type { Answers, Asking } from "./Answers.ts"
import type { BatchApi } from "./BatchApi.ts"
import type { ClosedGate } from "./ClosedGate.ts"
import { Deadlines } from "./Deadlines.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import { defaultMaxConcurrency, type Gate } from "./Gate.ts"
import { type Place, providerName } from "./Place.ts"
import type { Posting } from "./Posting.ts"
import { PrefixOrder } from "./PrefixOrder.ts"
import { TokenEstimate } from "./TokenEstimate.ts"
import { type Patience, patienceOf } from "./Tries.ts"

/** What a provider brings along. */
export interface Asked<Request extends ModelRequest, Response> extends Patience {
  readonly kind: RequestKind<Request, Response>
  readonly place: Place
  readonly maxConcurrency?: number | undefined
  /** What every attempt passes, whichever step asks; it holds the limits. */
  readonly gate: Gate
  /** One attempt, the `attempt`-th at this question; interruption aborts it. */
  readonly ask: (request: Request, attempt: number) => Effect.Effect<Response, Diagnosis>
  /** The same where the way of the request is known; undefined where it is not. */
  readonly post?: ((request: Request) => Posting<Response> | undefined) | undefined
  /** How it answers many requests as one job, where it can. */
  readonly batches?: BatchApi<Request, Response> | undefined
}

export interface ModelAccess<Request extends ModelRequest, Response> {
  readonly kind: RequestKind<Request, Response>
  readonly place: Place
  readonly gate: Gate
  readonly ask: Asked<Request, Response>["ask"]
  readonly post: Asked<Request, Response>["post"]
  readonly batches: BatchApi<Request, Response> | undefined
  /** The jobs of the run; undefined outside of runs. */
  readonly delivery: Batches | undefined
  readonly patience: ReturnType<typeof patienceOf>
  readonly deadlines: Deadlines
  /** For a question with all its attempts and waits; undefined where it may take any time. */
  readonly rowDeadlines: Deadlines | undefined
  /** The order of long prompts; undefined where no server is asked. */
  readonly order: PrefixOrder | undefined
  readonly limitsTokens: boolean
  readonly tokens: TokenEstimate<Request, Response>
  /** The journal; undefined outside of runs. */
  readonly answers: Answers | undefined
  /** Where answers of an earlier time come from; undefined for a model that keeps none. */
  readonly source: string | undefined
  /** Who answers, as messages name it. */
  readonly by: string
  /** What has happened so far. */
  readonly state: { everSucceeded: boolean; inFlight: number }
  /** Asks several requests as one, from the first of them on. */
  together?: (call: Call<Request>) => Effect.Effect<Response, LLMError>
}

export const accessTo = <Request extends ModelRequest, Response>(
  asked: Asked<Request, Response>,
  { answers, delivery }: Pick<ModelAccess<Request, Response>, "answers" | "delivery">
): ModelAccess<Request, Response> => {
  const { ask, batches, gate, kind, place, post } = asked
  const patience = patienceOf(asked)
  return {
    kind,
    place,
    gate,
    ask,
    post,
    batches,
    delivery,
    patience,
    deadlines: new Deadlines(patience.timeout),
    rowDeadlines:
      patience.rowTimeout === undefined ? undefined : new Deadlines(patience.rowTimeout),
    order:
      place.baseUrl === undefined
        ? undefined
        : new PrefixOrder(asked.maxConcurrency ?? defaultMaxConcurrency, () => gate.now()),
    limitsTokens: asked.tokensPerMinute !== undefined || asked.tokensPerDay !== undefined,
    tokens: new TokenEstimate(kind),
    answers,
    // Another key is no other question.
    source:
      place.source ??
      (place.baseUrl === undefined
        ? undefined
        : [addressIdentity(place.baseUrl), ...(place.headers ?? []).flat()].join("\n")),
    by: providerName(place),
    state: { everSucceeded: false, inFlight: 0 }
  }
}

/** Delivery by jobs, as whoever asks sees it. */
export interface Batches {
  /** Whether a request may have to do with jobs; all others are asked at once. */
  readonly takes: (request: ModelRequest) => boolean
  /** A model is open: jobs of its questions that earlier processes have made are known from now on. */
  readonly opened: <Request extends ModelRequest, Response>(
    access: ModelAccess<Request, Response>
  ) => Effect.Effect<void>
  /**
   * The answer to a question, in whatever job it comes; undefined if it is to be asked at once. A
   * question that an earlier process has put into a job is not asked again.
   */
  readonly deliver: <Request extends ModelRequest, Response>(
    access: ModelAccess<Request, Response>,
    call: Call<Request>
  ) => Effect.Effect<Response | undefined, LLMError>
}

/** Notifies whoever watches of what happens to a request. */
export type Tell = (kind: LLMEvent["kind"], attempt: number, more?: Partial<LLMEvent>) => void

/** What events tell of a closed gate. */
export const pauseOf = (by: string, { isOwn = false, ms, why }: ClosedGate): Partial<LLMEvent> => ({
  waitMs: ms,
  why,
  by: isOwn ? "your limit" : by
})

/** A request with whom it is for. */
export interface Call<Request> {
  readonly request: Request
  readonly tell: Tell
  /** Its entry in the journal, where there is one. */
  readonly asking: Asking | undefined
}
