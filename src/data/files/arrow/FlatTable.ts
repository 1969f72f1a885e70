/**
 * Tables of FlatBuffers, in which Arrow writes its schemas: a table's fields are found by their
 * numbers in the format's definition. Enough to look into a schema without Arrow's package.
 */

export class FlatTable {
  readonly #bytes: Buffer
  readonly #at: number

  private constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** The table that a buffer begins with. Reading beyond the buffer's end throws. */
  static root(bytes: Buffer): FlatTable {
    return new FlatTable(bytes, bytes.readUInt32LE(0))
  }

  /** A number of one, two or four bytes; 0 where it is left out. */
  byte(field: number): number {
    const at = this.#field(field)
    return at === undefined ? 0 : this.#bytes.readUInt8(at)
  }

  short(field: number, fallback = 0): number {
    const at = this.#field(field)
    return at === undefined ? fallback : this.#bytes.readInt16LE(at)
  }

  int(field: number): number {
    const at = this.#field(field)
    return at === undefined ? 0 : this.#bytes.readInt32LE(at)
  }

  text(field: number): string | undefined {
    const at = this.#target(field)
    if (at === undefined) return undefined
    const length = this.#bytes.readUInt32LE(at)
    return this.#bytes.toString("utf8", at + 4, at + 4 + length)
  }

  table(field: number): FlatTable | undefined {
    const at = this.#target(field)
    return at === undefined ? undefined : new FlatTable(this.#bytes, at)
  }

  tables(field: number): ReadonlyArray<FlatTable> {
    const at = this.#target(field)
    if (at === undefined) return []
    return Array.from({ length: this.#bytes.readUInt32LE(at) }, (_, i) => {
      const slot = at + 4 + 4 * i
      return new FlatTable(this.#bytes, slot + this.#bytes.readUInt32LE(slot))
    })
  }

  /** Where a field's value is, or the offset that leads to it; undefined for one that is left out. */
  #field(field: number): number | undefined {
    const offsets = this.#at - this.#bytes.readInt32LE(this.#at)
    const slot = 4 + 2 * field
    if (slot >= this.#bytes.readUInt16LE(offsets)) return undefined
    const offset = this.#bytes.readUInt16LE(offsets + slot)
    return offset === 0 ? undefined : this.#at + offset
  }

  #target(field: number): number | undefined {
    const at = this.#field(field)
    return at === undefined ? undefined : at + this.#bytes.readUInt32LE(at)
  }
}
