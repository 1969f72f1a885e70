/**
 * Responses with their bytes at hand: as much of a `Response` as the SDKs look at, since a real one
 * costs as much as the rest of the exchange.
 */

/** A successful answer, read to its end. */
export class TextResponse {
  readonly ok = true
  readonly redirected = false
  readonly type = "basic"
  readonly statusText = ""
  readonly body = null
  readonly url: string
  readonly status: number
  readonly headers: HeaderView
  readonly #bytes: Buffer

  constructor(
    url: string,
    status: number,
    headers: Readonly<Record<string, string>>,
    bytes: Buffer
  ) {
    this.url = url
    this.status = status
    this.headers = new HeaderView(headers)
    this.#bytes = bytes
  }

  text(): Promise<string> {
    return Promise.resolve(this.#bytes.toString())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    // A copy: the bytes may be part of a greater buffer.
    return Uint8Array.from(this.#bytes).buffer
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.#bytes.toString())
  }

  /** It can be read any number of times. */
  clone(): TextResponse {
    return this
  }
}

/** The reading side of `Headers`, over the record that undici gives. */
class HeaderView {
  readonly #headers: Readonly<Record<string, string>>

  constructor(headers: Readonly<Record<string, string>>) {
    this.#headers = headers
  }

  get(name: string): string | null {
    const value: unknown = this.#headers[name.toLowerCase()]
    return value === undefined ? null : String(value)
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#headers, name.toLowerCase())
  }

  *entries(): IterableIterator<[string, string]> {
    for (const [name, value] of Object.entries(this.#headers)) yield [name, String(value)]
  }

  keys(): IterableIterator<string> {
    return Object.keys(this.#headers).values()
  }

  values(): IterableIterator<string> {
    return Object.values(this.#headers).values()
  }

  forEach(each: (value: string, name: string) => void): void {
    for (const [name, value] of this.entries()) each(value, name)
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }
}
