/** Tries: how often, and after what waits, a question is put to a model that fails. */
import { isRetryable } from "../chat/LLMError.ts"
import {
  type ClosedGate,
  defaultGiveUpAfter,
  defaultGiveUpWhenPaused,
  givenUp,
  isOver
} from "./ClosedGate.ts"
import type { Diagnosis } from "./Diagnosis.ts"

/** How patient a client is. */
export interface Patience {
  /** How often a question that failed is put again. */
  readonly maxRetries?: number | undefined
  /** Seconds for one attempt. */
  readonly timeout?: number | undefined
  /** Seconds for one question, with all attempts and waits. */
  readonly rowTimeout?: number | undefined
  /** Seconds that a provider may be down, or reject everything, before the run ends. */
  readonly giveUpAfter?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly tokensPerDay?: number | undefined
}

export const defaultMaxRetries = 6
export const defaultTimeout = 120

/** Patience with its defaults. */
export const patienceOf = ({
  giveUpAfter,
  maxRetries = defaultMaxRetries,
  rowTimeout,
  timeout = defaultTimeout
}: Patience) => ({
  giveUpAfter: giveUpAfter ?? defaultGiveUpAfter,
  giveUpWhenPaused: giveUpAfter ?? defaultGiveUpWhenPaused,
  maxRetries,
  rowTimeout,
  timeout
})

const firstWaitMs = 500
const longestBackoffMs = 60_000

/**
 * A row whose wait is longer waits at the closed gate, which opens early when another request finds
 * that the provider answers again.
 */
const longestOwnWaitMs = 5000

/**
 * A full model is not the question's fault: it is asked so many times more often than after other
 * failures.
 */
const rateLimitsForARetry = 5

/** What is known when an attempt has failed. */
interface Circumstances {
  /** Milliseconds, as the gate counts them. */
  readonly now: number
  /** From 0 to 1, so that requests that failed together do not come back together. */
  readonly chance: number
  /** Since when nothing has been answered, and why; undefined if the last request was. */
  readonly closed: ClosedGate | undefined
}

type Next =
  /** `atGate`: the gate is closed meanwhile, and the row waits there. */
  | { readonly kind: "again"; readonly waitMs: number; readonly atGate: boolean }
  | { readonly kind: "over"; readonly diagnosis: Diagnosis; readonly fatal: boolean }

export class Tries {
  /** Attempts so far. */
  count = 0
  readonly #patience: ReturnType<typeof patienceOf>
  #failures = 0
  #rateLimits = 0

  constructor(patience: ReturnType<typeof patienceOf>) {
    this.#patience = patience
  }

  /** Another attempt begins; gives its number. */
  begin(): number {
    return ++this.count
  }

  /** What comes after an attempt that failed. */
  failed(diagnosis: Diagnosis, { chance, closed, now }: Circumstances): Next {
    const { giveUpWhenPaused, maxRetries } = this.#patience
    const over = (): Next => ({ kind: "over", diagnosis, fatal: false })
    // Each way to put a question is tried once.
    if (diagnosis.putOtherwise === true) return { kind: "again", waitMs: 0, atGate: false }
    if (!isRetryable(diagnosis.reason) || maxRetries === 0) return over()
    if (closed !== undefined && isOver(closed, this.#patience, now))
      return { kind: "over", diagnosis: givenUp(closed, now, diagnosis), fatal: true }
    const again = (failed: number): Next => {
      const waitMs = Math.min(
        waitBefore(failed, diagnosis.retryAfterMs, chance),
        giveUpWhenPaused * 1000
      )
      return {
        kind: "again",
        waitMs,
        atGate: closed?.kind === "paused" && waitMs >= longestOwnWaitMs
      }
    }
    if (diagnosis.reason === "RateLimited")
      return ++this.#rateLimits > maxRetries * rateLimitsForARetry
        ? over()
        : again(Math.min(this.#rateLimits, 4))
    // Nobody's question is to blame for a provider that is down: all wait until it is back.
    if (closed?.kind !== "down" && ++this.#failures > maxRetries) return over()
    return again(Math.max(1, this.#failures))
  }
}

/** Milliseconds before the next attempt. */
const waitBefore = (failed: number, retryAfterMs: number | undefined, chance: number): number =>
  retryAfterMs === undefined
    ? Math.min(firstWaitMs * 2 ** (failed - 1), longestBackoffMs) * (0.75 + chance / 2)
    : retryAfterMs + chance * Math.min(1000, retryAfterMs / 10)
