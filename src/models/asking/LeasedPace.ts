/**
 * Leased paces: the part of a pace that one of several processes has asked for and got. A lease is
 * about a tenth of a second's worth, so that requests do not wait for it one by one.
 */
import type { AnyPace } from "./SharedLimits.ts"

const leaseSeconds = 0.1

/** What is not used by then is given up: a process that rests must not gather a burst. */
const keptMs = 1000

export class LeasedPace implements AnyPace {
  readonly perSecond: number
  readonly #ask: (amount: number) => void
  readonly #wake: () => void
  /** What may go now; below 0 if more went than may. */
  #credit = 0
  #grantedAt: number | undefined
  #isAsking = false

  /** `ask` is to ask for an amount, which `granted` then gets; `wake` is called when it has it. */
  constructor(perSecond: number, ask: (amount: number) => void, wake: () => void) {
    this.perSecond = perSecond
    this.#ask = ask
    this.#wake = wake
  }

  /** So much may go from now on. */
  granted(amount: number): void {
    this.#isAsking = false
    this.#credit += amount
    this.#grantedAt = undefined
    this.#wake()
  }

  /** Milliseconds until something may go; 0 if it may now. What is asked for comes when it comes. */
  waitMs(now: number): number {
    this.#grantedAt ??= now
    if (now - this.#grantedAt > keptMs) this.#credit = Math.min(this.#credit, 0)
    if (this.#credit > 0) return 0
    if (!this.#isAsking) {
      this.#isAsking = true
      this.#ask(Math.max(1 - this.#credit, this.perSecond * leaseSeconds))
    }
    return Infinity
  }

  /** So much has gone, or, below 0, has not gone after all. */
  take(amount: number): void {
    this.#credit -= amount
  }
}
