/**
 * A set of fixed-width binary keys in one typed array: millions of keys cost their own bytes and
 * nothing else.
 */

/** Slots that a new set has. A power of two, as every later size. */
const firstSlots = 1024

/** Above this share of full slots the set grows. */
const fullest = 0.6

/** A set of keys of `width` 32-bit words each, in an open-addressing table. */
export class KeySet {
  readonly #width: number
  #slots: Uint32Array
  #mask: number
  #size = 0

  constructor(width: number) {
    this.#width = width
    this.#slots = new Uint32Array(firstSlots * width)
    this.#mask = firstSlots - 1
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size
  }

  /** Whether the key that begins at `offset` is there. */
  has(words: Uint32Array, offset = 0): boolean {
    markUsed(words, offset)
    return this.#slots[this.#slotOf(words, offset)] !== 0
  }

  /** Adds the key that begins at `offset`; false if it was there. */
  add(words: Uint32Array, offset = 0): boolean {
    markUsed(words, offset)
    const slot = this.#slotOf(words, offset)
    if (this.#slots[slot] !== 0) return false
    for (let i = 0; i < this.#width; i++) this.#slots[slot + i] = words[offset + i]!
    if (++this.#size > fullest * (this.#mask + 1)) this.#grow()
    return true
  }

  /** Where the key stands in the table, or the free place where it belongs. */
  #slotOf(words: Uint32Array, offset: number): number {
    const slots = this.#slots
    const width = this.#width
    let at = (words[offset + 1]! & this.#mask) * width
    while (slots[at] !== 0) {
      let i = 0
      while (i < width && slots[at + i] === words[offset + i]) i++
      if (i === width) return at
      at += width
      if (at === slots.length) at = 0
    }
    return at
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let at = 0; at < old.length; at += this.#width) {
      if (old[at] === 0) continue
      const slot = this.#slotOf(old, at)
      for (let i = 0; i < this.#width; i++) this.#slots[slot + i] = old[at + i]!
    }
  }
}

/** A slot whose first word is 0 is free, so no key may begin with 0. */
const markUsed = (words: Uint32Array, offset: number): void => {
  if (words[offset] === 0) words[offset] = 1
}
