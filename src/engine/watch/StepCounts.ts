/**
 * Counts of the rows that pass a step: all of them in its tally, and by blocks of source rows, so
 * that a run which goes on counts each row once.
 */
import { countFailure, type StepTally } from "./Tally.ts"

/** Rows at a step, with the reasons of those that failed. */
export interface RowCounts {
  readonly received: number
  readonly done: number
  readonly failed: number
  readonly reasons: Readonly<Record<string, number>>
}

interface Block {
  received: number
  done: number
  failed: number
  readonly reasons: Record<string, number>
}

export class StepCounts {
  readonly #tally: StepTally
  readonly #size: number | undefined
  readonly #blocks = new Map<number, Block>()
  // Rows that come one after the other are mostly of the same block.
  #last: Block | undefined
  #lastFrom = 0
  #lastTo = 0

  readonly #onFailed: ((position: number, reason: string) => void) | undefined

  /** Without a size of blocks, nobody asks for them. */
  constructor(
    tally: StepTally,
    size: number | undefined,
    onFailed?: (position: number, reason: string) => void
  ) {
    this.#tally = tally
    this.#size = size
    this.#onFailed = onFailed
  }

  /** A row that came of the source row at a position has come to the step. */
  received(position: number): void {
    this.#tally.received++
    const block = this.#blockAt(position)
    if (block !== undefined) block.received++
  }

  done(position: number): void {
    this.#tally.done++
    const block = this.#blockAt(position)
    if (block !== undefined) block.done++
  }

  failed(position: number, failure: { readonly reason: string; readonly detail: string }): void {
    const { reason } = failure
    countFailure(this.#tally, failure)
    this.#onFailed?.(position, reason)
    const block = this.#blockAt(position)
    if (block === undefined) return
    block.failed++
    block.reasons[reason] = (block.reasons[reason] ?? 0) + 1
  }

  /**
   * Takes the counts of all rows before a position, which is the border of a block; they are not
   * given again.
   */
  takeBefore(position: number): ReadonlyArray<RowCounts> {
    const taken: Array<RowCounts> = []
    for (const [number, block] of this.#blocks) {
      if ((number + 1) * this.#size! > position) continue
      taken.push(block)
      this.#blocks.delete(number)
    }
    this.#last = undefined
    return taken
  }

  #blockAt(position: number): Block | undefined {
    if (this.#size === undefined) return undefined
    if (this.#last !== undefined && position >= this.#lastFrom && position < this.#lastTo)
      return this.#last
    const number = Math.floor(position / this.#size)
    const known = this.#blocks.get(number) ?? { received: 0, done: 0, failed: 0, reasons: {} }
    this.#blocks.set(number, known)
    this.#last = known
    this.#lastFrom = number * this.#size
    this.#lastTo = this.#lastFrom + this.#size
    return known
  }
}
