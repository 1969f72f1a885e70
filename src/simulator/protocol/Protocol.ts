import type { Question } from "../answers/Question.ts"
import type { Limited } from "../answers/Tokens.ts"
import type { WireObject } from "../answers/Wire.ts"
/**
 * Protocols: how one provider's requests are read and its answers, refusals and errors written. A
 * protocol decides nothing.
 */
import type { LimitHeaders } from "../faults/LimitHeaders.ts"

/** A question with all that is needed to write its answer down. */
export interface Reply {
  readonly question: Question
  /** A number that belongs to the question, for ids and further dice. */
  readonly key: number
  /** Seconds since 1970. */
  readonly created: number
  readonly inputTokens: number
}

/** A request that got no answer. */
export interface Failure {
  readonly status: number
  readonly reason:
    | "bad-request"
    | "unauthorized"
    | "unknown-model"
    | "unknown-route"
    | "rate-limit"
    | "server-error"
  /** What to tell the client. */
  readonly message: string
}

/** One provider's wire format. */
export interface Protocol {
  /**
   * Reads the question from a request's body; `model` is the one in the path, if the protocol has
   * it there. A string says what is wrong with the request.
   */
  readonly read: (body: WireObject, model: string) => Question | string
  /** Writes the body of a good response. */
  readonly answer: (reply: Reply, answers: ReadonlyArray<Limited>) => WireObject
  /** Writes the body by which the model declines. */
  readonly refusal: (reply: Reply, text: Limited) => WireObject
  /** Parts a body for a client that asks for a stream. */
  readonly pieces: (body: WireObject) => ReadonlyArray<WireObject | string>
  /** Writes the body of an error. */
  readonly failure: (failure: Failure) => WireObject
  /** Writes headers about limits, where the provider has such. */
  readonly limitHeaders?: LimitHeaders
}

const maxAnswers = 128

/** Says what is wrong with the counts of a request, if anything is. */
export const wrongCounts = (n: number, maxTokens: number | undefined): string | undefined => {
  if (!Number.isInteger(n) || n < 1 || n > maxAnswers)
    return `The number of answers has to be from 1 to ${maxAnswers}, got ${n}.`
  if (maxTokens !== undefined && !(maxTokens >= 1))
    return `The token limit has to be at least 1, got ${maxTokens}.`
  return undefined
}
