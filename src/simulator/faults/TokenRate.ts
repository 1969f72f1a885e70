/**
 * Token rate: so many tokens a minute, in and out; who comes when they are used up is told how long
 * to wait.
 */

/**
 * Counts tokens against a limit per minute: a bucket of a minute's tokens, full at first, that
 * fills all the time.
 */
export class TokenRate {
  readonly perMinute: number
  #left: number
  #at: number | undefined

  constructor(tokensPerMinute: number) {
    this.perMinute = tokensPerMinute
    this.#left = tokensPerMinute
  }

  /** Tokens that are left; below 0 if the last answers took more than there were. */
  left(nowMs: number): number {
    this.#left = Math.min(
      this.perMinute,
      this.#left + ((nowMs - (this.#at ?? nowMs)) / 60_000) * this.perMinute
    )
    this.#at = nowMs
    return this.#left
  }

  /** Milliseconds until a request is admitted; 0 if it is now. */
  waitMs(nowMs: number): number {
    const left = this.left(nowMs)
    return left >= 1 ? 0 : ((1 - left) / this.perMinute) * 60_000
  }

  /** Milliseconds until all tokens are there again. */
  resetMs(nowMs: number): number {
    return ((this.perMinute - this.left(nowMs)) / this.perMinute) * 60_000
  }

  /** An answer used so many. */
  take(tokens: number, nowMs: number): void {
    this.#left = this.left(nowMs) - tokens
  }

  clear(): void {
    this.#left = this.perMinute
    this.#at = undefined
  }
}
