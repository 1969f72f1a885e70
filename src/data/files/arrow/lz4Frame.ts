/**
 * LZ4 frames, the compression that Arrow's record batches have most often. Blocks may refer to what
 * is in those before them, which readers of single blocks cannot follow.
 */

const magic = 0x184d2204

/** A part of a frame. */
interface Block {
  readonly bytes: Uint8Array
  readonly compressed: boolean
}

/** What a sequence of a block says: bytes as they are, then bytes that were there before. */
type Sequence = (literals: Uint8Array, distance: number, length: number) => void

/** The content of a frame. */
export const decompressLz4Frame = (frame: Uint8Array): Uint8Array => {
  const blocks = blocksOf(frame)
  let length = 0
  for (const block of blocks)
    eachSequence(block, (literals, _, repeated) => (length += literals.length + repeated))
  const content = new Uint8Array(length)
  let at = 0
  const write: Sequence = (literals, distance, repeated) => {
    content.set(literals, at)
    at += literals.length
    if (distance > at) throw new Error("an LZ4 block refers to what was never there")
    // Byte by byte: what is repeated may reach into its own copy.
    for (const end = at + repeated; at < end; at++) content[at] = content[at - distance]!
  }
  for (const block of blocks) eachSequence(block, write)
  return content
}

const blocksOf = (frame: Uint8Array): ReadonlyArray<Block> => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < 11 || view.getUint32(0, true) !== magic)
    throw new Error("a compressed buffer is no LZ4 frame")
  const flags = view.getUint8(4)
  const checksum = (flags & 0x10) !== 0 ? 4 : 0
  let at = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0)
  const blocks: Array<Block> = []
  for (let size = view.getUint32(at, true); size !== 0; size = view.getUint32(at, true)) {
    const length = size & 0x7fff_ffff
    blocks.push({ bytes: frame.subarray(at + 4, at + 4 + length), compressed: size >>> 31 === 0 })
    at += 4 + length + checksum
  }
  return blocks
}

const eachSequence = ({ bytes, compressed }: Block, told: Sequence): void => {
  if (!compressed) {
    told(bytes, 0, 0)
    return
  }
  let at = 0
  const length = (nibble: number): number => {
    let sum = nibble
    for (let more = nibble === 15; more;) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error("an LZ4 block is cut off")
      sum += byte
      more = byte === 255
    }
    return sum
  }
  while (at < bytes.length) {
    const token = bytes[at++]!
    const literals = length(token >> 4)
    const start = at
    at += literals
    // The last sequence has nothing that is repeated.
    if (at >= bytes.length) {
      told(bytes.subarray(start, at), 0, 0)
      return
    }
    const distance = bytes[at]! | (bytes[at + 1]! << 8)
    at += 2
    told(bytes.subarray(start, start + literals), distance, length(token & 15) + 4)
  }
}
