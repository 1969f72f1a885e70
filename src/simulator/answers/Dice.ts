/**
 * Dice: seeded randomness. The same key always throws the same numbers, so nothing depends on when,
 * or in which order, requests arrive.
 */

/**
 * Hashes text to a whole number below 2^53, starting from another such number (a seed, or the hash
 * of what came before).
 */
export const hashText = (text: string, start: number): number => {
  let low = 0x9e3779b9 ^ start
  let high = 0x85ebca6b ^ Math.floor(start / 0x1_0000_0000)
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x9e3779b1)
    high = Math.imul(high ^ unit, 0x5f356495)
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0)
}

/**
 * A row of throws that belongs to one key and one purpose (the latency, the fault, the third
 * answer, …).
 */
export class Dice {
  #state: number

  constructor(key: number, purpose: number) {
    const high = Math.floor(key / 0x1_0000_0000)
    this.#state =
      Math.imul(key ^ Math.imul(high + 1, 0x9e3779b1), 0x85ebca6b) ^
      Math.imul(purpose + 1, 0xc2b2ae35)
  }

  /** A number from 0 up to, not including, 1. */
  next(): number {
    const state = (this.#state = (this.#state + 0x6d2b79f5) | 0)
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  /** One item of a list that is not empty. */
  pick<Item>(list: ReadonlyArray<Item>): Item {
    return list[Math.floor(this.next() * list.length)] as Item
  }

  /** `count` different items (all, if the list is shorter) in random order. */
  sample<Item>(list: ReadonlyArray<Item>, count: number): Array<Item> {
    const left = [...list]
    const taken = Math.min(count, left.length)
    for (let at = 0; at < taken; at++) {
      const other = this.between(at, left.length - 1)
      const item = left[other] as Item
      left[other] = left[at] as Item
      left[at] = item
    }
    return left.slice(0, taken)
  }
}
