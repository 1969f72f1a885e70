/**
 * Leased turns: how many requests one of several processes may have in flight, of a number that
 * holds for all of them together. What it gives up another may have, never before.
 */

/** Whoever got less than its share asks again after so long: the others are giving theirs up. */
const againMs = 100

/** What is to be leased from now on, in place of what was. */
export interface WantedTurns {
  /** What all processes may have together. */
  readonly most: number
  readonly wanted: number
  /** What is in flight, and so not to be refused. */
  readonly inFlight: number
}

export class LeasedTurns {
  readonly #shareOf: (most: number) => number
  readonly #ask: (wanted: WantedTurns) => void
  readonly #wake: () => void
  #held = 0
  /** What whoever leases them knows of. */
  #known = 0
  #most = Infinity
  #inFlight = (): number => 0
  #isAsking = false
  #again: NodeJS.Timeout | undefined

  /**
   * `shareOf` is what this process should have of so many; `ask` is to ask for turns, of which
   * `granted` then hears; `wake` is called when there may be more.
   */
  constructor(
    shareOf: (most: number) => number,
    ask: (wanted: WantedTurns) => void,
    wake: () => void
  ) {
    this.#shareOf = shareOf
    this.#ask = ask
    this.#wake = wake
  }

  /** How many requests may be in flight, of which so many are at any time. */
  of(most: number, inFlight: () => number): number {
    this.#most = most
    this.#inFlight = inFlight
    this.settle()
    return this.#held
  }

  /** Asks for what is missing, and gives up what others should have. */
  settle(): void {
    // Nothing is wanted before somebody has asked.
    if (this.#most === Infinity || this.#isAsking || this.#again !== undefined) return
    const inFlight = this.#inFlight()
    const wanted = Math.max(this.#shareOf(this.#most), inFlight)
    if (wanted === this.#known) return
    this.#held = Math.min(this.#held, wanted)
    this.#isAsking = true
    this.#ask({ most: this.#most, wanted, inFlight })
  }

  /** So many are leased now; undefined if that is not known. */
  granted(count: number | undefined): void {
    this.#isAsking = false
    if (count !== undefined) {
      this.#known = count
      this.#held = count
    }
    if (count === undefined || count < this.#shareOf(this.#most))
      this.#again = setTimeout(() => {
        this.#again = undefined
        this.settle()
      }, againMs)
    else this.settle()
    this.#wake()
  }

  /** Nothing is asked for any more. */
  close(): void {
    clearTimeout(this.#again)
    this.#most = Infinity
  }
}
