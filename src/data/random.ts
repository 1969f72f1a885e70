/** Seeded randomness: the same seed gives the same numbers on every machine. */
import { hash } from "node:crypto"

/** Numbers from 0 up to, not including, 1 (xoshiro128**). */
export const randomNumbers = (seed: number | string): (() => number) => {
  const digest = Buffer.from(hash("sha256", String(seed)), "hex")
  let [a, b, c, d] = [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)]
  return () => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9)
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotated(d, 11)
    return (result >>> 0) / 0x1_0000_0000
  }
}

const rotated = (word: number, by: number): number => word << by | word >>> (32 - by)

/** The items in another order (Fisher–Yates). */
export const shuffled = <A>(items: ReadonlyArray<A>, random: () => number): Array<A> => {
  const order = [...items]
  for (let left = order.length; left > 1; left--) {
    const chosen = Math.floor(random() * left)
    const last = order[left - 1]!
    order[left - 1] = order[chosen]!
    order[chosen] = last
  }
  return order
}
