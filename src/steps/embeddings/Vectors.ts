/** Vectors of equal length in one typed array: what a million of them take is four bytes a number. */

/** How close two vectors are: by the product of their numbers, or by the square of their distance. */
export type Metric = "inner product" | "squared distance"

export class Vectors {
  readonly #column: string
  #numbers = new Float32Array(0)
  #dimensions: number | undefined
  #length = 0

  /** `column` is where they come from, for what is said of one that is wrong. */
  constructor(column = "embedding") {
    this.#column = column
  }

  /** How many vectors there are. */
  get length(): number {
    return this.#length
  }

  /** Numbers of each vector; 0 before the first. */
  get dimensions(): number {
    return this.#dimensions ?? 0
  }

  /** The vectors one after the other. */
  get numbers(): Float32Array {
    return this.#numbers.subarray(0, this.#length * this.dimensions)
  }

  /** Adds a vector. Throws if it is none, or not as long as those before it. */
  push(vector: unknown): void {
    const row = this.#length + 1
    if (!isVector(vector))
      throw new Error(
        `the ${this.#column} of row ${row} is ${vector === null ? "null" : "not a list of finite numbers"}. Drop such rows before this step.`
      )
    this.#dimensions ??= vector.length
    if (vector.length !== this.#dimensions)
      throw new Error(
        `the ${this.#column} of row ${row} has ${vector.length} numbers, those before it have ${this.#dimensions}. All rows must come from one model.`
      )
    const start = this.#length * this.#dimensions
    if (start + this.#dimensions > this.#numbers.length) {
      const more = new Float32Array(Math.max(1024 * this.#dimensions, this.#numbers.length * 2))
      more.set(this.#numbers)
      this.#numbers = more
    }
    this.#numbers.set(vector, start)
    this.#length++
  }

  /** The same vectors scaled to length 1; those of zeros stay as they are. */
  normalized(): Vectors {
    const { dimensions, length } = this
    const numbers = Float32Array.from(this.numbers)
    for (let at = 0; at < length; at++) {
      const vector = numbers.subarray(at * dimensions, (at + 1) * dimensions)
      const size = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
      if (size > 0) for (let i = 0; i < dimensions; i++) vector[i]! /= size
    }
    return Vectors.from(numbers, dimensions)
  }

  /** Vectors that were saved one after the other. */
  static from(numbers: Float32Array<ArrayBuffer>, dimensions: number): Vectors {
    const vectors = new Vectors()
    vectors.#numbers = numbers
    vectors.#dimensions = dimensions
    vectors.#length = dimensions === 0 ? 0 : numbers.length / dimensions
    return vectors
  }
}

const isVector = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)
