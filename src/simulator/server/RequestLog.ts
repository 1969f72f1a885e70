/** The request log: what the simulator saw lately. A ring of fixed size; credentials never enter it. */
import type { FaultKind } from "../faults/Faults.ts"

/** Which kind of request came in, as its protocol calls it: `chat.completions`, `unknown`. */
export type RouteName = string

/** One request, as the log keeps it. */
export interface LogEntry {
  /** When it arrived, in milliseconds since 1970. */
  readonly time: number
  readonly route: RouteName
  /** The model asked for; "" where the request names none. */
  readonly model: string
  /**
   * The status sent; null while it is not answered, and for good when the connection ended without
   * an answer.
   */
  readonly status: number | null
  /** The fault that hit it, if any. */
  readonly fault: FaultKind | null
  /**
   * Which attempt at the same question this is; 1 is the first, 0 means that the request was turned
   * away before its question was looked at.
   */
  readonly attempt: number
  /** The latency drawn for the question, in milliseconds. */
  readonly latencyMs: number
  /** The beginning of the last user message. */
  readonly prompt: string
}

/** A log entry that is still being filled in. */
export type OpenLogEntry = { -readonly [Field in keyof LogEntry]: LogEntry[Field] }

const promptLength = 200

/** Shortens a prompt for the log. */
export const promptForLog = (prompt: string): string =>
  // The round trip makes a fresh string: a slice would keep the whole prompt in memory.
  prompt.length > promptLength
    ? `${Buffer.from(prompt.slice(0, promptLength)).toString()}…`
    : prompt

/** The last `size` requests. */
export class RequestLog {
  readonly #size: number
  #ring: Array<OpenLogEntry> = []
  #next = 0

  constructor(size: number) {
    this.#size = size
  }

  add(entry: OpenLogEntry): void {
    if (this.#size === 0) return
    this.#ring[this.#next] = entry
    this.#next = (this.#next + 1) % this.#size
  }

  /** The requests in order of arrival, the newest last. */
  entries(): ReadonlyArray<LogEntry> {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].map((entry) => ({
      ...entry
    }))
  }

  clear(): void {
    this.#ring = []
    this.#next = 0
  }
}
