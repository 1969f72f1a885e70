/**
 * Files as a page reads them: a piece at a time, from the disk of who looks at them, or from the
 * server that gave the page.
 */

export interface Bytes {
  readonly size: number
  readonly slice: (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>
}

/** A file that the reader of the page has chosen. */
export const bytesOfBlob = (blob: Blob): Bytes => ({
  size: blob.size,
  slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer())
})

/** A file of the page's own server. */
export const bytesOfUrl = (url: string, size: number): Bytes => ({
  size,
  slice: async (start, end) => {
    if (start >= Math.min(end, size)) return new Uint8Array(0)
    const response = await fetch(url, {
      headers: { range: `bytes=${start}-${Math.min(end, size) - 1}` }
    })
    if (response.status !== 206)
      throw new Error(
        response.ok ? "The server gave the whole file, not a piece of it." : await response.text()
      )
    return new Uint8Array(await response.arrayBuffer())
  }
})

const together = 1 << 20
const mostKept = 16

/**
 * The same bytes, of which little pieces that lie together are read together: each request of its
 * own would take its time on the way.
 */
export const readTogether = (bytes: Bytes): Bytes => {
  const kept = new Map<number, Promise<Uint8Array<ArrayBuffer>>>()
  const block = (number: number): Promise<Uint8Array<ArrayBuffer>> => {
    const known =
      kept.get(number) ??
      bytes.slice(number * together, Math.min(bytes.size, (number + 1) * together))
    kept.delete(number)
    kept.set(number, known)
    known.catch(() => kept.delete(number))
    const [oldest] = kept.keys()
    if (kept.size > mostKept) kept.delete(oldest!)
    return known
  }
  return {
    size: bytes.size,
    slice: async (start, end) => {
      const last = Math.min(end, bytes.size)
      if (last - start > together || last <= start) return bytes.slice(start, last)
      const first = Math.floor(start / together)
      const piece = new Uint8Array(last - start)
      for (let number = first; number * together < last; number++) {
        const from = number * together
        const held = (await block(number)).subarray(Math.max(0, start - from), last - from)
        piece.set(held, Math.max(0, from - start))
      }
      return piece
    }
  }
}
