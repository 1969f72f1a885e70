/**
 * Prefixes: how much of a file is still as it was written. A writer notes bytes and checksum of all
 * before a mark; a reader compares them mark by mark.
 */
import { open } from "node:fs/promises"
import { crc32 } from "node:zlib"

/** The beginning of a file: how long it is, and its checksum. */
export interface Prefix {
  readonly bytes: number
  readonly crc: number
}

const readAtOnce = 1 << 20

/**
 * How many of the prefixes, shortest first, a file still begins with. A file that cannot be read
 * begins with none but the empty one.
 */
export const prefixesHeld = async (
  path: string,
  prefixes: ReadonlyArray<Prefix>
): Promise<number> => {
  let held = 0
  let crc = 0
  let bytes = 0
  const holds = (): boolean => {
    while (prefixes[held]?.bytes === bytes && prefixes[held]?.crc === crc) held++
    return held < prefixes.length && prefixes[held]!.bytes > bytes
  }
  if (!holds()) return held
  for await (const chunk of chunksOf(path)) {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + prefixes[held]!.bytes - bytes)
      crc = crc32(part, crc)
      bytes += part.length
      from += part.length
      if (!holds()) return held
    }
  }
  return held
}

/** The sum of a whole file; undefined if it cannot be read. */
export const fileSum = async (path: string): Promise<Prefix | undefined> => {
  try {
    let crc = 0
    let bytes = 0
    for await (const chunk of readChunks(path)) {
      crc = crc32(chunk, crc)
      bytes += chunk.length
    }
    return { bytes, crc }
  } catch {
    return undefined
  }
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* readChunks(path)
  } catch {
    // What cannot be read does not hold.
  }
}

/** The bytes of a file in a buffer that the next chunk overwrites. */
async function* readChunks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    const buffer = Buffer.allocUnsafe(readAtOnce)
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, readAtOnce, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
