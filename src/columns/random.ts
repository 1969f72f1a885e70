/** Seeded randomness: the same seed gives the same numbers on every machine. */
import { hash } from "node:crypto"

/** Numbers from 0 up to, not including, 1 (xoshiro128**). */
export const randomNumbers = (seed: number | string): (() => number) => {
  const digest = Buffer.from(hash("sha256", String(seed)), "hex")
  let [a, b, c, d] = [
    digest.readInt32LE(0),
    digest.readInt32LE(4),
    digest.readInt32LE(8),
    digest.readInt32LE(12)
  ]
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

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

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

/**
 * Rows in another order: each is drawn from a buffer that the next one fills up. As many as fit
 * into it are in any order, more of them near their place.
 */
export async function* drawn<R>(
  chunks: AsyncIterable<ReadonlyArray<R>>,
  random: () => number,
  bufferSize = 10_000
): AsyncGenerator<ReadonlyArray<R>> {
  const buffer: Array<R> = []
  for await (const rows of chunks) {
    const out: Array<R> = []
    for (const row of rows) {
      if (buffer.length < bufferSize) {
        buffer.push(row)
        continue
      }
      const chosen = Math.floor(random() * buffer.length)
      out.push(buffer[chosen]!)
      buffer[chosen] = row
    }
    if (out.length > 0) yield out
  }
  if (buffer.length > 0) yield shuffled(buffer, random)
}
