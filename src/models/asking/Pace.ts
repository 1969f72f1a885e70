/**
 * Paces: so much in a second and no more, with little of it at once. Times are milliseconds, and
 * given by the caller.
 */

export class Pace {
  #perSecond: number
  readonly #burstSeconds: number
  /** What may go now; below 0 if more went than may. */
  #credit: number
  #at: number | undefined

  /** `burstSeconds` is how much may gather while nothing goes. */
  constructor(perSecond: number, burstSeconds: number) {
    this.#perSecond = perSecond
    this.#burstSeconds = burstSeconds
    this.#credit = this.#most
  }

  get perSecond(): number {
    return this.#perSecond
  }

  /** Another pace from now on. */
  change(perSecond: number, now: number): void {
    this.#gather(now)
    this.#perSecond = perSecond
    this.#credit = Math.min(this.#credit, this.#most)
  }

  /** Milliseconds until something may go; 0 if it may now. */
  waitMs(now: number): number {
    if (this.#perSecond === Infinity) return 0
    this.#gather(now)
    return this.#credit > 0 ? 0 : Math.max(1, ((1e-9 - this.#credit) / this.#perSecond) * 1000)
  }

  /** So much has gone, or, below 0, has not gone after all. */
  take(amount: number, now: number): void {
    if (this.#perSecond === Infinity) return
    this.#gather(now)
    this.#credit = Math.min(this.#credit - amount, this.#most)
  }

  get #most(): number {
    return Math.max(1, this.#perSecond * this.#burstSeconds)
  }

  #gather(now: number): void {
    if (this.#perSecond !== Infinity)
      this.#credit = Math.min(
        this.#most,
        this.#credit + ((now - (this.#at ?? now)) / 1000) * this.#perSecond
      )
    this.#at = now
  }
}
