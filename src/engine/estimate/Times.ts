/**
 * How long a model takes for an answer, told from some answers. What an earlier run has kept tells
 * no time.
 */
import { type Estimated, spread } from "./Sums.ts"

/**
 * With fewer answers of a model that is at work, those that came while connections were made count
 * too.
 */
const fewest = 10

export class Times {
  #firstAnswer: number | undefined
  readonly #cold: Array<number> = []
  readonly #warm: Array<number> = []

  /**
   * An answer that took so many seconds came at this time, in seconds. Requests that went before
   * the first answer had to wait for connections.
   */
  add(seconds: number, at: number): void {
    this.#firstAnswer ??= at
    if (at - seconds < this.#firstAnswer) this.#cold.push(seconds)
    else this.#warm.push(seconds)
  }

  /** Whether there was an answer. */
  get known(): boolean {
    return this.#firstAnswer !== undefined
  }

  /** Seconds for an answer, on average; 0 if there was none. */
  get mean(): Estimated {
    const times = this.#warm.length < fewest ? [...this.#cold, ...this.#warm] : this.#warm
    if (times.length === 0) return { expected: 0, low: 0, high: 0 }
    const expected = times.reduce((sum, time) => sum + time, 0) / times.length
    const variance =
      times.length < 2
        ? expected ** 2
        : times.reduce((sum, time) => sum + (time - expected) ** 2, 0) / (times.length - 1)
    const error = spread * Math.sqrt(variance / times.length)
    return { expected, low: Math.max(0, expected - error), high: expected + error }
  }
}
