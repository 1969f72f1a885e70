/**
 * Which keys an index may have: what is not in here is not in the index either, and need not be
 * looked for. Two bits stand for a key, which is a hash already; of a million keys that the index
 * does not have, one in six is looked for in vain.
 */

const bits = 22

/** The halves of the first 64 bits of a key. */
export type KeyHalves = readonly [high: number, low: number]

export const halvesOf = (key: string): KeyHalves => [
  Number.parseInt(key.slice(0, 8), 16),
  Number.parseInt(key.slice(8, 16), 16)
]

export class KeyFilter {
  readonly #words = new Uint32Array(2 ** (bits - 5))

  add([high, low]: KeyHalves): void {
    for (const half of [high, low]) {
      const place = half >>> (32 - bits)
      this.#words[place >>> 5]! |= 1 << (place & 31)
    }
  }

  mayHave([high, low]: KeyHalves): boolean {
    return this.#isSet(high) && this.#isSet(low)
  }

  #isSet(half: number): boolean {
    const place = half >>> (32 - bits)
    return (this.#words[place >>> 5]! & (1 << (place & 31))) !== 0
  }
}
