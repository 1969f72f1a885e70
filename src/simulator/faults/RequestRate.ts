/**
 * Request rate: never more than so many requests in any window of about a second; what comes above
 * is told how long to wait.
 */

/** Counts requests against a limit per second. */
export class RequestRate {
  /** So many requests in each window. */
  readonly count: number
  readonly #windowMs: number
  /** When each of the last admitted requests came; a ring, `#at` is the oldest. */
  readonly #admitted: Float64Array
  #at = 0

  constructor(requestsPerSecond: number) {
    // Below one a second the window grows instead of the count shrinking: 0.5 a second is one in two seconds.
    const count = Math.max(1, Math.floor(requestsPerSecond))
    this.count = count
    this.#windowMs = (count / requestsPerSecond) * 1000
    this.#admitted = new Float64Array(count).fill(-Infinity)
  }

  /** Admits a request at `nowMs` and gives 0, or gives the milliseconds until one will be admitted. */
  admit(nowMs: number): number {
    const waitMs = (this.#admitted[this.#at] ?? -Infinity) + this.#windowMs - nowMs
    if (waitMs > 0) return waitMs
    this.#admitted[this.#at] = nowMs
    this.#at = (this.#at + 1) % this.#admitted.length
    return 0
  }

  /** How many would be admitted at once. */
  left(nowMs: number): number {
    let left = 0
    while (left < this.count && this.#waitMs(left, nowMs) <= 0) left++
    return left
  }

  /** Milliseconds until the window is whole again. */
  resetMs(nowMs: number): number {
    return Math.max(0, this.#waitMs(this.count - 1, nowMs))
  }

  #waitMs(further: number, nowMs: number): number {
    return this.#admitted[(this.#at + further) % this.count]! + this.#windowMs - nowMs
  }

  clear(): void {
    this.#admitted.fill(-Infinity)
  }
}
