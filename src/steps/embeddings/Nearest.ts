/** The nearest neighbours of many vectors, as they are found: `k` places for each, best first. */

export class Nearest {
  readonly #k: number
  readonly #indices: Int32Array
  readonly #scores: Float32Array
  readonly #counts: Int32Array
  /** 1 where a greater score is nearer, -1 where a smaller one is. */
  readonly #sign: 1 | -1

  constructor(vectors: number, k: number, greaterIsNearer: boolean) {
    this.#k = k
    this.#indices = new Int32Array(vectors * k)
    this.#scores = new Float32Array(vectors * k)
    this.#counts = new Int32Array(vectors)
    this.#sign = greaterIsNearer ? 1 : -1
  }

  /**
   * Notes a neighbour of a vector, if it is among the nearest. Of equal ones the first stays
   * before.
   */
  add(vector: number, neighbour: number, score: number): void {
    const k = this.#k
    const start = vector * k
    const scores = this.#scores
    const count = this.#counts[vector]!
    const sign = this.#sign
    if (count === k && sign * score <= sign * scores[start + k - 1]!) return
    let at = start + (count === k ? k - 1 : count)
    if (count < k) this.#counts[vector] = count + 1
    while (at > start && sign * scores[at - 1]! < sign * score) {
      scores[at] = scores[at - 1]!
      this.#indices[at] = this.#indices[at - 1]!
      at--
    }
    scores[at] = score
    this.#indices[at] = neighbour
  }

  /** The neighbours of a vector. */
  of(vector: number): { readonly indices: Array<number>; readonly scores: Array<number> } {
    const start = vector * this.#k
    const end = start + this.#counts[vector]!
    return {
      indices: [...this.#indices.subarray(start, end)],
      scores: [...this.#scores.subarray(start, end)]
    }
  }
}
