/** What it took to get an answer, where the first attempt did not do. */
export interface Attempts {
  /** Requests, the last of which gave the answer. */
  readonly requests: number
  /**
   * Why earlier requests failed, as far as that is known: one that was kept by an earlier run tells
   * only how many there were.
   */
  readonly refusals: ReadonlyArray<string>
  /** What was wrong with earlier answers, which could not be read. */
  readonly complaints: ReadonlyArray<string>
}

/** The same, with the question and the answer by which a row's metadata tells of it. */
export interface AnsweredLate {
  readonly input: unknown
  readonly output: string | null
  readonly attempts: Attempts
}
