/**
 * The content-addressed store behind xet: files as runs of chunks, chunks in packs (xorbs), as
 * clients upload and ask for them.
 */
import { decompressLz4Frame } from "../../data/files/arrow/lz4Frame.ts"
import { Refusal } from "./Reply.ts"

/** A chunk of a pack: where it begins and ends there, and how long it is unpacked. */
interface Chunk {
  readonly start: number
  readonly end: number
  readonly length: number
}

interface Pack {
  readonly bytes: Buffer
  readonly chunks: ReadonlyArray<Chunk>
}

/** Chunks of one pack that follow each other in a file. */
interface Term {
  readonly pack: string
  readonly from: number
  readonly to: number
}

const headSize = 8
const entrySize = 48
const noMoreFiles = 0xffff_ffff_ffff_ffffn
const hasVerification = 0x8000_0000
const hasMetadata = 0x4000_0000

export class XetStore {
  readonly #packs = new Map<string, Pack>()
  readonly #files = new Map<string, ReadonlyArray<Term>>()
  readonly #fileBySha256 = new Map<string, string>()

  /** Takes a pack: chunks one after the other, each with a head that says how it is packed. */
  addPack(hash: string, bytes: Buffer): void {
    const chunks: Array<Chunk> = []
    for (let start = 0; start + headSize <= bytes.length && bytes[start] === 0;) {
      const end = start + headSize + bytes.readUIntLE(start + 1, 3)
      chunks.push({ start, end, length: bytes.readUIntLE(start + 5, 3) })
      start = end
    }
    this.#packs.set(hash, { bytes, chunks })
  }

  /** Takes a shard, which says of which chunks files are made. */
  addShard(shard: Buffer): void {
    let at = entrySize
    while (shard.readBigUInt64LE(at) !== noMoreFiles) {
      const file = hashAt(shard, at)
      const flags = shard.readUInt32LE(at + 32)
      const count = shard.readUInt32LE(at + 36)
      at += entrySize
      const terms = Array.from({ length: count }, (_, i): Term => {
        const entry = at + i * entrySize
        return {
          pack: hashAt(shard, entry),
          from: shard.readUInt32LE(entry + 40),
          to: shard.readUInt32LE(entry + 44)
        }
      })
      at += count * entrySize * ((flags & hasVerification) !== 0 ? 2 : 1)
      if ((flags & hasMetadata) !== 0) {
        this.#fileBySha256.set(hashAt(shard, at), file)
        at += entrySize
      }
      this.#files.set(file, terms)
    }
  }

  /** The hash by which the store knows a file's content. */
  hashOf(sha256: string): string | undefined {
    return this.#fileBySha256.get(sha256)
  }

  /** A file's content, unpacked. */
  contentOf(hash: string): Buffer {
    return Buffer.concat(
      this.#termsOf(hash).flatMap(({ from, pack, to }) => {
        const { bytes, chunks } = this.#pack(pack)
        return chunks.slice(from, to).map((chunk) => unpacked(bytes, chunk))
      })
    )
  }

  pack(hash: string): Buffer {
    return this.#pack(hash).bytes
  }

  /** Which chunks of which packs hold a range of a file's bytes. */
  reconstruction(
    hash: string,
    first: number,
    last: number,
    urlOf: (pack: string) => string
  ): unknown {
    const terms: Array<unknown> = []
    const packs: Record<string, Array<unknown>> = {}
    let position = 0
    let skipped: number | undefined
    for (const { from, pack, to } of this.#termsOf(hash)) {
      const { chunks } = this.#pack(pack)
      const held = chunks
        .slice(from, to)
        .map((chunk, i) => {
          const start = position
          position += chunk.length
          return { index: from + i, start, chunk }
        })
        .filter(({ chunk, start }) => start <= last && start + chunk.length > first)
      const [begin] = held
      if (begin === undefined) continue
      const end = held.at(-1)!
      skipped ??= Math.max(0, first - begin.start)
      const range = { start: begin.index, end: end.index + 1 }
      terms.push({
        hash: pack,
        unpacked_length: held.reduce((sum, { chunk }) => sum + chunk.length, 0),
        range
      })
      const ranges = [
        { chunks: range, bytes: { start: begin.chunk.start, end: end.chunk.end - 1 } }
      ]
      packs[pack] = [...(packs[pack] ?? []), { url: urlOf(pack), ranges }]
    }
    return { offset_into_first_range: skipped ?? 0, terms, xorbs: packs }
  }

  #termsOf(hash: string): ReadonlyArray<Term> {
    const terms = this.#files.get(hash)
    if (terms === undefined) throw new Refusal(404, "file not found")
    return terms
  }

  #pack(hash: string): Pack {
    const pack = this.#packs.get(hash)
    if (pack === undefined) throw new Refusal(404, "xorb not found")
    return pack
  }
}

/** A hash is four words of 64 bits, each with its least byte first. */
const hashAt = (bytes: Buffer, at: number): string =>
  [0, 8, 16, 24]
    .map((word) =>
      bytes
        .readBigUInt64LE(at + word)
        .toString(16)
        .padStart(16, "0")
    )
    .join("")

const unpacked = (pack: Buffer, { end, length, start }: Chunk): Buffer => {
  const content = pack.subarray(start + headSize, end)
  switch (pack[start + 4]) {
    case 0:
      return content
    case 1:
      return Buffer.from(decompressLz4Frame(content))
    default:
      return regrouped(decompressLz4Frame(content), length)
  }
}

/** Bytes that were sorted by their place among four, back in their order. */
const regrouped = (sorted: Uint8Array, length: number): Buffer => {
  const groups = [0, 1, 2, 3].map((group) => Math.ceil((length - group) / 4))
  const starts = groups.map((_, i) => groups.slice(0, i).reduce((sum, size) => sum + size, 0))
  return Buffer.from(Array.from({ length }, (_, i) => sorted[starts[i % 4]! + (i >> 2)]!))
}
