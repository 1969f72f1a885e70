/** Files as a page reads them: a piece at a time, from the disk of who looks at them, or from the server that gave the page. */

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
    const response = await fetch(url, { headers: { range: `bytes=${start}-${Math.min(end, size) - 1}` } })
    if (response.status !== 206) throw new Error(response.ok ? "The server gave the whole file, not a piece of it." : await response.text())
    return new Uint8Array(await response.arrayBuffer())
  }
})
