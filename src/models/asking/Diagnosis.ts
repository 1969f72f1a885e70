/**
 * Diagnoses: what went wrong with one attempt, read from whatever was thrown. Who asked and how
 * often is not known here.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { TokenUsage } from "../chat/Answer.ts"
import { isRetryable, type LLMErrorReason } from "../chat/LLMError.ts"
import { HttpFailure } from "../http/HttpFailure.ts"
import { countIn, record } from "../http/wireValues.ts"
import { retryAfterMs } from "./retryAfter.ts"

/** The cause of a failed attempt, with the provider's words unscrubbed. */
export interface Diagnosis {
  readonly reason: LLMErrorReason
  readonly detail: string
  readonly status?: number
  readonly retryAfterMs?: number
  /** What the attempt used all the same, where the provider says so. */
  readonly usage?: TokenUsage | undefined
  /** True if there was nobody to connect to. */
  readonly neverConnected?: boolean
  /** True if nothing was sent, since nobody asked the model for longer than a row may wait. */
  readonly unsent?: boolean
  /** What to do about it, where that does not follow from the reason. */
  readonly fix?: string
  /** True if the server refused how the question was put, and the next attempt puts it another way. */
  readonly putOtherwise?: boolean
}

/** Thrown by our own reading of an answer. */
export class Unusable extends Error {
  override readonly name = "Unusable"
  readonly diagnosis: Diagnosis

  constructor(diagnosis: Diagnosis) {
    super(diagnosis.detail)
    this.diagnosis = diagnosis
  }
}

/** What reading an answer gives, or what is wrong with it. */
export const readOrDiagnosed = <A>(read: () => A): A | Diagnosis => {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof Unusable) return thrown.diagnosis
    throw thrown
  }
}

/** An effect whose failures, of any kind, are diagnosed. */
export const diagnosing = <A>(effect: Effect.Effect<A, unknown>): Effect.Effect<A, Diagnosis> =>
  Clock.clockWith((clock) =>
    Effect.mapError(effect, (error) => diagnose(error, clock.currentTimeMillisUnsafe()))
  )

/** What removes a thing, and is content where an earlier process has removed it. */
export const unlessGone = (
  removal: Effect.Effect<void, Diagnosis>
): Effect.Effect<void, Diagnosis> =>
  Effect.catch(removal, (diagnosis) =>
    diagnosis.status === 404 ? Effect.void : Effect.fail(diagnosis)
  )

/** Runs a promise that interruption aborts; a rejection fails with its diagnosis. */
export const diagnosed = <A>(
  run: (signal: AbortSignal) => Promise<A>
): Effect.Effect<A, Diagnosis> =>
  Clock.clockWith((clock) =>
    Effect.tryPromise({
      try: (signal) => run(signal),
      catch: (thrown) => diagnose(thrown, clock.currentTimeMillisUnsafe())
    })
  )

/** What went wrong, from what an SDK or our own code threw; `now` is the time in milliseconds since 1970. */
export const diagnose = (thrown: unknown, now: number): Diagnosis => {
  const chain = causes(thrown)
  for (const cause of chain) {
    if (cause instanceof Unusable) return cause.diagnosis
    if (cause instanceof HttpFailure) return ofFailure(cause, now)
  }
  const withStatus = chain.map(statusIn).find((each) => each !== undefined)
  if (withStatus !== undefined)
    return ofStatus(withStatus.status, withStatus.words, withStatus.headers, now)
  const words = chain.map((cause) => `${cause.name}: ${cause.message}`).join("\n")
  const detail = oneLine(chain[0]?.message || String(thrown))
  if (/SyntaxError|ResponseValidationError|Unexpected Status or Content-Type/.test(words))
    return { reason: "InvalidAnswer", detail }
  // what follows comes from Google's sign-in, which has a fetch of its own
  if (/default credentials|GOOGLE_APPLICATION_CREDENTIALS|keyFile/i.test(words))
    return { reason: "MissingApiKey", detail }
  if (/invalid_grant|invalid_client|refresh access token|unauthori[sz]ed/i.test(words))
    return { reason: "Unauthorized", detail }
  if (/ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|socket hang up|fetch failed/.test(words))
    return { reason: "ConnectionFailed", detail }
  return { reason: "InvalidRequest", detail }
}

/** What an error says of an HTTP response, as clients of many servers attach it. */
const statusIn = (error: Error) => {
  const { headers, status } = error as { readonly headers?: unknown; readonly status?: unknown }
  if (typeof status !== "number" || status < 400 || status > 599) return undefined
  return {
    status,
    words: error.message,
    headers: (headers instanceof Headers
      ? Object.fromEntries(headers)
      : record(headers)) as Readonly<Record<string, string>>
  }
}

/** The error and its causes, outermost first. */
const causes = (thrown: unknown): ReadonlyArray<Error> => {
  const chain: Array<Error> = []
  for (let error = thrown; error instanceof Error && chain.length < 6; error = error.cause)
    chain.push(error)
  return chain
}

const ofFailure = (failure: HttpFailure, now: number): Diagnosis => {
  if (failure.kind === "unreachable")
    return { reason: "ConnectionFailed", detail: failure.message, neverConnected: true }
  if (failure.kind === "broken") return { reason: "ConnectionFailed", detail: failure.message }
  if (failure.kind === "cut")
    return { reason: "InvalidAnswer", detail: `the answer was cut off (${failure.message})` }
  return ofStatus(failure.status ?? 0, failure.body, failure.headers, now)
}

/** The diagnosis of an answer that is no success. */
export const ofStatus = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
  now: number
): Diagnosis => {
  const { code, detail } = providerWords(body)
  const reason = reasonOf(status, `${code} ${detail}`)
  const wait = isRetryable(reason) ? retryAfterMs(headers, now) : undefined
  const location =
    status >= 300 && status < 400 ? `redirects to ${headers["location"] ?? "another address"}` : ""
  return {
    reason,
    detail: location || detail || "no explanation given",
    status,
    ...(wait === undefined ? {} : { retryAfterMs: wait })
  }
}

/** What an error in a successful answer says: the status that it names, or 502. */
export const failed = (error: unknown, usage: TokenUsage | undefined): Unusable => {
  const code = countIn(record(error)["code"]) ?? 0
  return new Unusable({
    ...ofStatus(code >= 400 && code < 600 ? code : 502, JSON.stringify({ error }), {}, 0),
    usage
  })
}

const reasonOf = (status: number, words: string): LLMErrorReason => {
  if (
    status === 402 ||
    /credit balance is too low/i.test(words) ||
    (status === 429 && /insufficient_(quota|credit)/i.test(words))
  )
    return "QuotaExhausted"
  if (status === 429) return "RateLimited"
  if (status === 408 || status === 409 || status === 425 || status >= 500) return "ServerError"
  if (saysUnknownModel(status, words)) return "ModelNotFound"
  if (/content_filter|content.?(management )?policy|content_policy|flagged|moderation/i.test(words))
    return "Refused"
  return status === 401 || status === 403 ? "Unauthorized" : "InvalidRequest"
}

/** Whether an answer says that the model does not exist, rather than the address. */
const saysUnknownModel = (status: number, words: string): boolean =>
  /model_not_found|not_found_error model:|invalid_model|unknown_model|invalid model/i.test(words) ||
  (status === 404 &&
    /\bmodel\b.*(not found|not exist|n't exist|not have access)|(no such|unknown) model/is.test(
      words
    ))

/** The code and the explanation in a provider's error, in any of the shapes that providers use. */
export const providerWords = (body: string): { readonly code: string; readonly detail: string } => {
  const json = parsed(body)
  if (json === undefined)
    return { code: "", detail: oneLine(body.replace(/<(style|script).*?<\/\1>|<[^>]*>/gs, " ")) }
  const outer = record(Array.isArray(json) ? json[0] : json)
  const error =
    typeof outer["error"] === "object" && outer["error"] !== null ? record(outer["error"]) : outer
  const said =
    error["message"] ??
    error["detail"] ??
    error["error"] ??
    error["msg"] ??
    error["error_message"] ??
    json
  const code = [error["code"], error["type"], error["status"]]
    .filter((part) => typeof part === "string")
    .join(" ")
  return { code, detail: oneLine(typeof said === "string" ? said : JSON.stringify(said)) }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const longestDetail = 500

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, " ").trim()
  return line.length > longestDetail ? `${line.slice(0, longestDetail)}…` : line
}
