/** Sums over all rows, told from a few of them, with how far off they may be. */

/** A figure, and the bounds between which it lies with 95 % confidence. */
export interface Estimated {
  readonly expected: number
  readonly low: number
  readonly high: number
}

/** 95 % of a normal distribution. */
export const spread = 1.96

export class Sums {
  /** What each sampled row adds; rows that add nothing are not in it. */
  readonly #byRow = new Map<string, number>()
  #sum = 0

  add(row: string, value: number): void {
    this.#sum += value
    this.#byRow.set(row, (this.#byRow.get(row) ?? 0) + value)
  }

  get sum(): number {
    return this.#sum
  }

  /** The sum over `all` rows of which `sampled` were looked at. */
  over(all: number, sampled: number): Estimated {
    if (sampled === 0) return { expected: 0, low: 0, high: 0 }
    const mean = this.#sum / sampled
    let squares = (sampled - this.#byRow.size) * mean ** 2
    for (const value of this.#byRow.values()) squares += (value - mean) ** 2
    const variance = sampled < 2 ? mean ** 2 : squares / (sampled - 1)
    // Of rows that were all looked at nothing is left to guess.
    const error = spread * all * Math.sqrt((variance / sampled) * Math.max(0, 1 - sampled / all))
    const expected = mean * all
    return { expected, low: Math.max(this.#sum, expected - error), high: expected + error }
  }
}
