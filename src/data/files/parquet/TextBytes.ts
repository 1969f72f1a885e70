/** Texts of a column as bytes, those of a row group in one buffer that the next one overwrites. */
export class TextBytes {
  #buffer = Buffer.alloc(0)

  /**
   * The bytes of texts, which are good until the next call; undefined where texts come again, which
   * a dictionary of them holds in less.
   */
  of(texts: ReadonlyArray<unknown>): Array<Uint8Array | null> | undefined {
    if (comeAgain(texts)) return undefined
    let size = 0
    for (const text of texts) if (typeof text === "string") size += Buffer.byteLength(text)
    if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size)
    let end = 0
    return texts.map((text) => {
      if (typeof text !== "string") return null
      const start = end
      end += this.#buffer.write(text, start)
      return this.#buffer.subarray(start, end)
    })
  }
}

const looked = 256

/** Whether more than a tenth of some texts, from all over a column, are there already. */
const comeAgain = (texts: ReadonlyArray<unknown>): boolean => {
  const step = Math.max(1, texts.length / looked)
  const seen = new Set<unknown>()
  let count = 0
  for (let i = 0; i < texts.length; i += step, count++) seen.add(texts[Math.floor(i)])
  return seen.size < count * 0.9
}
