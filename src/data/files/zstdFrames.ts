/**
 * Frames of zstd: where in a file one ends and the next begins. Many tools write several frames one
 * after the other, and Node's decompressor leaves out, without a word, whatever follows the end of
 * a frame in the same piece.
 */

const skippable = 0x184d_2a50
const headerSizes = { frame: 5, block: 3, skip: 8 } as const
const checksumSize = 4
const dictionarySizes = [0, 1, 2, 4] as const
const contentSizes = [0, 2, 4, 8] as const

/**
 * The same bytes in pieces of which none goes beyond the end of a frame. What is no frame passes as
 * it is.
 */
export async function* frameByFrame(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const frames = new Frames()
  for await (const chunk of bytes) {
    let start = 0
    for (const end of frames.endsIn(chunk)) {
      yield chunk.subarray(start, end)
      start = end
    }
    if (start < chunk.length) yield chunk.subarray(start)
  }
}

class Frames {
  /** Bytes of a header that have come so far. */
  #header: Array<number> = []
  #reading: "frame" | "block" | "skip" | "nothing" = "frame"
  /** Bytes to pass before the next header. */
  #left = 0
  #checksum = false
  /** Whether the frame ends with the bytes that are left. */
  #last = false

  /** Places in the chunk at which a frame ends. */
  endsIn(chunk: Uint8Array): ReadonlyArray<number> {
    const ends: Array<number> = []
    for (let at = 0; at < chunk.length;) {
      if (this.#reading === "nothing") break
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - at)
        this.#left -= passed
        at += passed
        if (this.#left === 0 && this.#last) {
          this.#begin()
          ends.push(at)
        }
        continue
      }
      this.#header.push(chunk[at]!)
      at++
      if (this.#header.length < headerSizes[this.#reading]) continue
      this.#understand()
      if (this.#left === 0 && this.#last) {
        this.#begin()
        ends.push(at)
      }
    }
    return ends
  }

  #begin(): void {
    this.#reading = "frame"
    this.#last = false
  }

  #understand(): void {
    const header = Buffer.from(this.#header)
    if (this.#reading === "frame") {
      if ((header.readUInt32LE(0) & 0xffff_fff0) === skippable) this.#reading = "skip"
      else if (header.readUInt32LE(0) === 0xfd2f_b528) this.#frame(header[4]!)
      else this.#reading = "nothing"
      if (this.#reading === "skip") return
    } else if (this.#reading === "skip") {
      this.#left = header.readUInt32LE(4)
      this.#last = true
    } else this.#block(header.readUIntLE(0, headerSizes.block))
    this.#header = []
  }

  #frame(descriptor: number): void {
    const single = (descriptor & 0x20) !== 0
    const content = descriptor >> 6
    this.#checksum = (descriptor & 0x04) !== 0
    this.#left =
      (single ? 0 : 1) +
      dictionarySizes[(descriptor & 3) as 0 | 1 | 2 | 3] +
      (content === 0 && single ? 1 : contentSizes[content as 0 | 1 | 2 | 3])
    this.#reading = "block"
  }

  #block(header: number): void {
    const repeatsOneByte = ((header >> 1) & 3) === 1
    this.#last = (header & 1) !== 0
    this.#left =
      (repeatsOneByte ? 1 : header >> 3) + (this.#last && this.#checksum ? checksumSize : 0)
  }
}
