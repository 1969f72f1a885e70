/**
 * Attempts: how often each question was asked. Memory is bounded: only hashes are kept, in two
 * generations, and the older one is dropped.
 */

const defaultCapacity = 100_000

/** Counts the attempts at each question by its key. */
export class Attempts {
  readonly #capacity: number
  // Two maps rather than one that drops its oldest key: deleting from the front of a Map makes the next look at the front slow.
  #young = new Map<number, number>()
  #old = new Map<number, number>()

  constructor(capacity: number = defaultCapacity) {
    this.#capacity = capacity
  }

  /** Counts one more attempt and says which it is; 1 is the first. */
  next(key: number): number {
    const attempt = (this.#young.get(key) ?? this.#old.get(key) ?? 0) + 1
    this.#young.set(key, attempt)
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young
      this.#young = new Map()
    }
    return attempt
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
  }
}
