/**
 * Breakers: whether a provider is down. Then one request at a time looks whether it is back, and
 * nobody else asks. Times are milliseconds, and given by the caller.
 */

/** So many failures one after the other, whoever asked, mean that the provider is down. */
const failuresToOpen = 12
const firstProbeMs = 1000
export const longestProbeMs = 30_000

export class Breaker {
  #failures = 0
  #downSince: number | undefined
  #nextProbe = 0
  #probes = 0
  #probing = false

  /** Since when the provider is down; undefined if it is not. */
  get downSince(): number | undefined {
    return this.#downSince
  }

  /** Milliseconds until a request may go; Infinity while one looks. */
  waitMs(now: number): number {
    if (this.#downSince === undefined) return 0
    return this.#probing ? Infinity : Math.max(0, this.#nextProbe - now)
  }

  /** A request goes. */
  sent(): void {
    if (this.#downSince !== undefined) this.#probing = true
  }

  /** The provider has answered something, good or bad. */
  answered(): void {
    this.#failures = 0
    this.#downSince = undefined
    this.#probes = 0
    this.#probing = false
  }

  /** A request was left, and nothing is known. */
  left(): void {
    this.#probing = false
  }

  /** The provider was not there, broke down, or did not answer in time. */
  failed(now: number): void {
    this.#failures++
    this.#probing = false
    if (this.#failures < failuresToOpen) return
    this.#downSince ??= now
    // Requests that were under way when it went down come back one by one; they are no probes.
    if (now >= this.#nextProbe)
      this.#nextProbe = now + Math.min(firstProbeMs * 2 ** this.#probes++, longestProbeMs)
  }
}
