/**
 * Text on its way to a file, in bytes from the start: to join many short texts first and encode
 * them then takes three times as long.
 */

const firstBytes = 1 << 16

/** No character takes more bytes in UTF-8 than this for each of its units. */
const bytesForAUnit = 3

export class TextBuffer {
  #bytes = Buffer.alloc(0)
  #length = 0

  /** Bytes so far. */
  get length(): number {
    return this.#length
  }

  add(text: string): void {
    const most = this.#length + text.length * bytesForAUnit
    if (most > this.#bytes.length) this.#grow(most)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** Adds one character of ASCII. */
  addByte(code: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1)
    this.#bytes[this.#length++] = code
  }

  /** The bytes so far, which hold until more is added; the buffer is empty then. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    return taken
  }

  #grow(least: number): void {
    const wider = Buffer.allocUnsafe(Math.max(least, this.#bytes.length * 2, firstBytes))
    this.#bytes.copy(wider, 0, 0, this.#length)
    this.#bytes = wider
  }
}
