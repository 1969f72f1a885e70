/** Tries: how often, and after what waits, a question is put to a model that fails. */
import type { Diagnosis } from "./Diagnosis.ts"
import { isRetryable } from "./LLMError.ts"

/** How patient a client is. */
export interface Patience {
  /** How often a question that failed is put again. */
  readonly maxRetries?: number | undefined
  /** Seconds for one attempt. */
  readonly timeout?: number | undefined
  /** Seconds for one question, with all attempts and waits. */
  readonly rowTimeout?: number | undefined
  /** Seconds that a provider may be down before the run ends. */
  readonly giveUpAfter?: number | undefined
  readonly tokensPerMinute?: number | undefined
}

export const defaultMaxRetries = 6
export const defaultTimeout = 120
export const defaultGiveUpAfter = 600

/** Patience with its defaults. */
export const patienceOf = ({ giveUpAfter = defaultGiveUpAfter, maxRetries = defaultMaxRetries, rowTimeout, timeout = defaultTimeout }: Patience) => ({ giveUpAfter, maxRetries, rowTimeout, timeout })

const firstWaitMs = 500
const longestBackoffMs = 60_000

/** A provider that wants to be left alone for longer is a failed request now rather than a row that hangs. */
const longestWaitMs = 3_600_000

/** A full model is not the question's fault: it is asked so many times more often than after other failures. */
const rateLimitsForARetry = 5

/** What is known when an attempt has failed. */
interface Circumstances {
  /** Milliseconds since 1970. */
  readonly now: number
  /** From 0 to 1, so that requests that failed together do not come back together. */
  readonly chance: number
  /** Since when the provider is down; undefined if it is not. */
  readonly downSince: number | undefined
}

type Next =
  | { readonly kind: "again"; readonly waitMs: number }
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
  failed(diagnosis: Diagnosis, { chance, downSince, now }: Circumstances): Next {
    const { giveUpAfter, maxRetries } = this.#patience
    const over = (fatal: boolean, told = diagnosis): Next => ({ kind: "over", diagnosis: told, fatal })
    if (!isRetryable(diagnosis.reason) || (diagnosis.retryAfterMs ?? 0) > longestWaitMs || maxRetries === 0) return over(false)
    if (downSince !== undefined && now - downSince > giveUpAfter * 1000) {
      const minutes = Math.round((now - downSince) / 60_000)
      return over(true, { ...diagnosis, detail: `down for ${minutes} minutes, longer than giveUpAfter: ${diagnosis.detail}` })
    }
    if (diagnosis.reason === "RateLimited") {
      if (++this.#rateLimits > maxRetries * rateLimitsForARetry) return over(false)
      return { kind: "again", waitMs: waitBefore(Math.min(this.#rateLimits, 4), diagnosis.retryAfterMs, chance) }
    }
    // Nobody's question is to blame for a provider that is down: all wait until it is back.
    if (downSince === undefined && ++this.#failures > maxRetries) return over(false)
    return { kind: "again", waitMs: waitBefore(Math.max(1, this.#failures), diagnosis.retryAfterMs, chance) }
  }
}

/** Milliseconds before the next attempt. */
const waitBefore = (failed: number, retryAfterMs: number | undefined, chance: number): number =>
  retryAfterMs === undefined
    ? Math.min(firstWaitMs * 2 ** (failed - 1), longestBackoffMs) * (0.75 + chance / 2)
    : retryAfterMs + chance * Math.min(1000, retryAfterMs / 10)
