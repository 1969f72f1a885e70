/**
 * Background: rejections that have nothing to do with how much is asked: other users of the same
 * allowance, a provider that is short of machines.
 *
 * A model that is asked for too much rejects less when it is asked for less. What it still rejects
 * at a pace far below one that it took before is background: the rows that got it wait, and going
 * slower yet would only cost time.
 */

/** Below so much of the pace that was taken, rejections are not for want of place. */
const farBelow = 0.7

/** Requests of which a share is taken, and shares of which the least counts. */
const span = 100
const kept = 4

/** Less is what a pace at its limit costs. */
const least = 0.03

export class Background {
  #taken = 0
  #requests = 0
  #rejected = 0
  #shares: Array<number> = []

  /** The share of requests that are rejected whatever the pace; 0 if there are next to none. */
  get share(): number {
    const share = Math.min(...this.#shares)
    return this.#shares.length > 0 && share >= least ? share : 0
  }

  /** Whether a pace is far below one that was taken. */
  isFarBelow(perSecond: number): boolean {
    return perSecond < this.#taken * farBelow
  }

  /** So much was answered in a second. */
  took(perSecond: number): void {
    this.#taken = Math.max(this.#taken, perSecond)
  }

  /** A request came back that went at that pace. */
  count(perSecond: number, isRejected: boolean): void {
    if (!this.isFarBelow(perSecond)) return
    this.#requests++
    if (isRejected) this.#rejected++
    if (this.#requests < span) return
    this.#shares = [...this.#shares, this.#rejected / this.#requests].slice(-kept)
    this.#requests = 0
    this.#rejected = 0
  }

  /** So many rejections in a row are no accident. */
  get run(): number {
    const { share } = this
    return share === 0 ? 0 : Math.ceil(Math.log(1e-4) / Math.log(share))
  }
}
