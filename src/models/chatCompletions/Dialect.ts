/** Dialects: what a server takes in a request, as far as its refusals have told. */
import * as Effect from "effect/Effect"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import type { Posting } from "../asking/Posting.ts"

/** The field that limits the tokens of an answer. */
export type MaxTokensField = "max_tokens" | "max_completion_tokens"

/** A server with fields of its own for formats that the protocol has no word for. */
export type FormatServer = "vllm" | "sglang"

/** How requests to a server are put. */
export interface Dialect {
  readonly maxTokensField: MaxTokensField
  /** Whether the answer is to come as a stream. */
  readonly stream: boolean
  /** Whether a stream is to end with what it used. */
  readonly streamUsage: boolean
  /** Whether strict mode is asked for, where a schema keeps its rules. */
  readonly strict: boolean
}

/** What a server's refusals have told so far, for all who ask it. */
export class LearnedDialect {
  #current: Dialect
  readonly #given: Dialect

  constructor(given: Dialect) {
    this.#current = given
    this.#given = given
  }

  get current(): Dialect {
    return this.#current
  }

  /**
   * Takes the refusal of a request put in a dialect; true if the same request would be put another
   * way now.
   */
  learn({ detail, reason }: Diagnosis, sent: Dialect): boolean {
    if (reason !== "InvalidRequest") return false
    if (sent !== this.#current) return true
    const next = this.#next(detail, sent)
    if (next === undefined) return false
    this.#current = next
    return true
  }

  /** Each way is tried once: what follows differs from what was given. */
  #next(detail: string, sent: Dialect): Dialect | undefined {
    const { maxTokensField, stream, streamUsage } = this.#given
    if (
      sent.maxTokensField === maxTokensField &&
      names(detail, sent.maxTokensField) &&
      saysNotTaken(detail, otherField(maxTokensField))
    )
      return { ...sent, maxTokensField: otherField(maxTokensField) }
    if (
      sent.streamUsage === streamUsage &&
      sent.stream &&
      /stream_options|include_usage/i.test(detail)
    )
      return { ...sent, streamUsage: false }
    if (sent.strict && /\bstrict\b/i.test(detail)) return { ...sent, strict: false }
    if (sent.stream === stream && !stream && /\bstream(ing)?\b/i.test(detail))
      return { ...sent, stream: true }
    return undefined
  }
}

/**
 * Asks in the dialect of the moment; a refusal that teaches another one says so, and the question
 * is put again at once.
 */
export const inDialect = <A>(
  dialect: LearnedDialect,
  ask: (current: Dialect) => Effect.Effect<A, Diagnosis>
): Effect.Effect<A, Diagnosis> =>
  Effect.suspend(() => {
    const sent = dialect.current
    return Effect.mapError(ask(sent), (diagnosis) => taught(dialect, diagnosis, sent))
  })

/** The same for a request that is posted. */
export const postedInDialect = <A>(
  dialect: LearnedDialect,
  post: (current: Dialect) => Posting<A> | undefined
): Posting<A> | undefined => {
  const sent = dialect.current
  const posting = post(sent)
  return posting === undefined
    ? undefined
    : (answered, failed, now) =>
        posting(answered, (diagnosis) => failed(taught(dialect, diagnosis, sent)), now)
}

const taught = (dialect: LearnedDialect, diagnosis: Diagnosis, sent: Dialect): Diagnosis =>
  dialect.learn(diagnosis, sent) ? { ...diagnosis, putOtherwise: true } : diagnosis

const otherField = (field: MaxTokensField): MaxTokensField =>
  field === "max_tokens" ? "max_completion_tokens" : "max_tokens"

const names = (detail: string, field: MaxTokensField): boolean =>
  new RegExp(`\\b${field}\\b`).test(detail)

/** Whether the field itself is refused, rather than its value. */
const saysNotTaken = (detail: string, other: MaxTokensField): boolean =>
  names(detail, other) ||
  /unsupported|not supported|unrecognized|unknown|unexpected|not permitted|not allowed|extra (fields|inputs)|additional properties|deprecated/i.test(
    detail
  )
