/** Figures: what a benchmark tells. */

/** One figure of a benchmark, and the bar it is held against. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Met if the value is at least (or, with `atMost`, at most) this. */
  readonly bar?: number
  readonly atMost?: boolean
  /** What was measured to get it. */
  readonly from?: Readonly<Record<string, number>>
}
