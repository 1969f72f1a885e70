/** What can go wrong when a model is asked: one error for the place, a reason for the cause. */
import * as Schema from "effect/Schema"

/**
 * Why a request failed. `RateLimited`, `ServerError`, `ConnectionFailed`, `TimedOut` and
 * `InvalidAnswer` may pass and are retried; the others are final.
 */
export const LLMErrorReason = Schema.Literals([
  "MissingApiKey",
  "Unreachable",
  "Unauthorized",
  "ModelNotFound",
  "QuotaExhausted",
  "InvalidRequest",
  "Refused",
  "RateLimited",
  "ServerError",
  "ConnectionFailed",
  "TimedOut",
  "InvalidAnswer",
  "PackageMissing"
])
export type LLMErrorReason = typeof LLMErrorReason.Type

/** Reasons that may pass by themselves. */
const passing: ReadonlySet<LLMErrorReason> = new Set([
  "RateLimited",
  "ServerError",
  "ConnectionFailed",
  "TimedOut",
  "InvalidAnswer",
  "PackageMissing"
])

/** Whether asking again may help. */
export const isRetryable = (reason: LLMErrorReason): boolean => passing.has(reason)

/** What each reason says of the model, as the middle of a sentence. */
const says: Readonly<Record<LLMErrorReason, string>> = {
  MissingApiKey: "has no credentials",
  Unreachable: "cannot be reached",
  Unauthorized: "rejected the credentials",
  ModelNotFound: "was not found",
  QuotaExhausted: "has no quota left",
  InvalidRequest: "rejected the request",
  Refused: "refused to answer",
  RateLimited: "is rate limited",
  ServerError: "failed on its side",
  ConnectionFailed: "lost the connection",
  TimedOut: "did not answer in time",
  InvalidAnswer: "sent no usable answer",
  PackageMissing: "cannot be asked"
}

/**
 * A model could not be asked, or gave no answer.
 *
 * Secrets never enter it: the provider's text is scrubbed of the API key.
 */
export class LLMError extends Schema.TaggedError<LLMError>()("LLMError", {
  /** The class name in documents: `OpenAILLM`, … */
  llm: Schema.String,
  model: Schema.String,
  reason: LLMErrorReason,
  /** The HTTP status, where there was an answer. */
  status: Schema.optionalKey(Schema.Int),
  /** How often the model was asked; 0 if the client never got so far. */
  attempts: Schema.Int,
  /** How long the provider wants us to wait, in milliseconds. */
  retryAfterMs: Schema.optionalKey(Schema.Finite),
  /** The provider's own words, on one line. */
  detail: Schema.String,
  baseUrl: Schema.optionalKey(Schema.String),
  /** What to do about it. */
  fix: Schema.String,
  /** True if no other request can do better: the run should end. */
  fatal: Schema.Boolean
}) {
  /** Whether asking again later may help. */
  get retryable(): boolean {
    return isRetryable(this.reason)
  }

  override get message(): string {
    const where = this.baseUrl === undefined ? "" : ` at ${this.baseUrl}`
    const facts = [
      this.status === undefined ? "" : `status ${this.status}`,
      this.attempts > 1 ? `${this.attempts} attempts` : ""
    ]
      .filter((fact) => fact !== "")
      .join(", ")
    return `${this.llm} '${this.model}'${where} ${says[this.reason]}${facts === "" ? "" : ` (${facts})`}: ${sentence(this.detail)} ${sentence(this.fix)}`
  }
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`)
