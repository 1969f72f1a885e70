/**
 * Source hashes: what a source has given so far in one short text, so that a later run knows
 * whether it gives the same again.
 */
import { digest } from "./signature.ts"

export class SourceHash {
  readonly #block: number
  readonly #onBlock: (position: number, hash: string) => void
  #keys: Array<string> = []
  #chain: string
  #position: number

  /**
   * Tells the hash after each `block` rows. `position` and `chain` are those where an earlier hash
   * left off.
   */
  constructor(
    block: number,
    onBlock: (position: number, hash: string) => void,
    position = 0,
    chain = ""
  ) {
    this.#block = block
    this.#onBlock = onBlock
    this.#position = position
    this.#chain = chain
  }

  /** The next row, by its key; one that has none is never the same again. */
  add(key: string | undefined): void {
    this.#keys.push(key ?? `?${Math.random()}`)
    if (++this.#position % this.#block !== 0) return
    this.#chain = this.#next()
    this.#keys = []
    this.#onBlock(this.#position, this.#chain)
  }

  /** How many rows there were, and the hash of all of them. */
  get sum(): { readonly rows: number; readonly hash: string } {
    return { rows: this.#position, hash: this.#next() }
  }

  #next(): string {
    return digest(`${this.#chain}\n${this.#keys.join("\n")}`)
  }
}
