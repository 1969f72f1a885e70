/** Pictures of simulated models: small PNG files of one color, which the question decides. */
import { crc32, deflateSync } from "node:zlib"

const side = 8

/** Tokens that a picture counts as. */
export const tokensOfPicture = 272

/** A PNG in base64, the same for the same question and index. */
export const pictureOf = (key: number, index: number): string => {
  const color = [0, 8, 16].map((shift) => ((key + index * 0x33_55_77) >>> shift) & 0xff)
  // Each line begins with its filter: none.
  const line = [0, ...Array.from({ length: side }, () => color).flat()]
  const pixels = Buffer.from(Array.from({ length: side }, () => line).flat())
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  // 8 bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0))
  ]).toString("base64")
}

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data])
  const framed = Buffer.alloc(named.length + 8)
  framed.writeUInt32BE(data.length, 0)
  named.copy(framed, 4)
  framed.writeUInt32BE(crc32(named), named.length + 4)
  return framed
}
