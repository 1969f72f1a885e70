/** Byte sources: files of bytes, on this machine or elsewhere, as readers of rows see them. */
import { open } from "node:fs/promises"
import { DataError } from "./DataError.ts"

/** A file that can be read from its beginning, from a place on, or in pieces. */
export interface ByteSource {
  /** What messages call it: its path or address. */
  readonly name: string
  /** Bytes from a place on, as they come. What was given is never changed afterwards. */
  readonly stream: (from?: number) => AsyncIterable<Uint8Array>
  /**
   * Bytes as they come, each time in the same buffer, which costs less: for who keeps none of them.
   * Undefined where they come otherwise.
   */
  readonly passing?: () => AsyncIterable<Uint8Array>
  /** Opens it for reading in pieces. */
  readonly pieces: () => Promise<BytePieces>
}

/** An open file that gives pieces in any order. */
export interface BytePieces {
  readonly size: number
  readonly slice: (start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>
  readonly close: () => Promise<void>
}

/** Bytes of a source for who keeps none of them. */
export const passing = (source: ByteSource): AsyncIterable<Uint8Array> =>
  source.passing?.() ?? source.stream()

/** All bytes of a source. */
export const bytesIn = async (source: ByteSource): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(source.stream()))

const readAtOnce = 1 << 18

/** A file on this machine. */
export const localFile = (path: string): ByteSource => ({
  name: path,
  stream: (from = 0) => streamed(path, from, () => Buffer.allocUnsafeSlow(readAtOnce)),
  passing: () => {
    const buffer = Buffer.allocUnsafeSlow(readAtOnce)
    return streamed(path, 0, () => buffer)
  },
  pieces: () => openPieces(path)
})

async function* streamed(
  path: string,
  from: number,
  bufferFor: () => Buffer
): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(path)
    try {
      for (let position = from; ;) {
        const buffer = bufferFor()
        const { bytesRead } = await file.read(buffer, 0, readAtOnce, position)
        if (bytesRead === 0) return
        position += bytesRead
        yield bytesRead === readAtOnce ? buffer : buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  } catch (thrown) {
    throw DataError.of("read", path, thrown)
  }
}

const openPieces = async (path: string): Promise<BytePieces> => {
  try {
    const file = await open(path)
    const { size } = await file.stat()
    const slice = async (start: number, end: number): Promise<Uint8Array<ArrayBuffer>> => {
      const piece = new Uint8Array(end - start)
      let done = 0
      while (done < piece.length) {
        const { bytesRead } = await file.read(piece, done, piece.length - done, start + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done === piece.length ? piece : piece.slice(0, done)
    }
    return { size, slice, close: () => file.close() }
  } catch (thrown) {
    throw DataError.of("read", path, thrown)
  }
}
