/**
 * HTTP failures: what our own fetch throws, so that all three SDKs pass the same facts on as a
 * cause.
 */

/**
 * No connection was made, a connection broke before the answer began, it broke within the answer,
 * or the answer's status is no success.
 */
export type HttpFailureKind = "unreachable" | "broken" | "cut" | "status"

/** What is known of a failed exchange. */
export interface HttpFailureFacts {
  readonly kind: HttpFailureKind
  /** Node's or undici's code, such as `ECONNREFUSED`. */
  readonly code?: string | undefined
  readonly status?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** An exchange that gave no successful answer. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure"
  readonly kind: HttpFailureKind
  readonly code: string | undefined
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string

  constructor(message: string, facts: HttpFailureFacts) {
    super(message)
    this.kind = facts.kind
    this.code = facts.code
    this.status = facts.status
    this.headers = facts.headers ?? {}
    this.body = facts.body ?? ""
  }
}

/** Codes of connections that never came about. */
const neverConnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EPROTO",
  "UND_ERR_CONNECT_TIMEOUT"
])

/** The failure of a connection; `begun` says whether the answer had begun. */
export const connectionFailure = (error: Error, begun: boolean): HttpFailure => {
  const code = codeOf(error)
  // happy eyeballs give an AggregateError without a message
  const message =
    error.message ||
    (error instanceof AggregateError && error.errors[0] instanceof Error
      ? error.errors[0].message
      : "") ||
    code ||
    error.name
  const refused = code !== undefined && (neverConnected.has(code) || /CERT|SSL|TLS/.test(code))
  return new HttpFailure(message, {
    kind: begun ? "cut" : refused ? "unreachable" : "broken",
    code
  })
}

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined
