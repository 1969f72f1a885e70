/**
 * Places of answers that a run has taken: a bit for each, so that ten million of them need no more
 * than some megabytes.
 */
import type { Located } from "../../journal/segments.ts"

/** No line of a segment is shorter: two never share a bit. */
const leastLine = 64
const pageBits = 1 << 15

export class TakenPlaces {
  readonly #segments = new Map<string, Map<number, Uint8Array>>()

  has({ offset, segment }: Pick<Located, "offset" | "segment">): boolean {
    const bit = Math.floor(offset / leastLine)
    const page = this.#segments.get(segment)?.get(Math.floor(bit / pageBits))
    return page !== undefined && (page[(bit % pageBits) >> 3]! & (1 << (bit & 7))) !== 0
  }

  add({ offset, segment }: Pick<Located, "offset" | "segment">): void {
    const bit = Math.floor(offset / leastLine)
    const number = Math.floor(bit / pageBits)
    const pages = this.#segments.get(segment) ?? new Map<number, Uint8Array>()
    const page = pages.get(number) ?? new Uint8Array(pageBits >> 3)
    page[(bit % pageBits) >> 3]! |= 1 << (bit & 7)
    pages.set(number, page)
    this.#segments.set(segment, pages)
  }
}
