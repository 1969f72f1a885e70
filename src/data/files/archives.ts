/** Zip archives that hold one file of rows. */
import { Readable } from "node:stream"
import { crc32 } from "node:zlib"
import type { Entry, ZipFile } from "yauzl"
import type { BytePieces, ByteSource } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"

/** The bytes of the one file in an archive. */
export async function* unzipped(source: ByteSource): AsyncGenerator<Uint8Array> {
  const wrong = (detail: string): DataError =>
    new DataError({ action: "read", path: source.name, detail })
  const pieces = await source.pieces()
  let archive: ZipFile | undefined
  try {
    archive = await openArchive(pieces)
    const entries = await entriesOf(archive)
    const [only, ...others] = entries
    if (only === undefined) throw wrong("the archive is empty. Put a file of rows into it.")
    if (others.length > 0)
      throw wrong(
        `the archive holds ${entries.length} files (${entries
          .slice(0, 5)
          .map(({ fileName }) => fileName)
          .join(", ")}${entries.length > 5 ? ", …" : ""}). Unpack it, and load the folder.`
      )
    let crc = 0
    for await (const chunk of await archive.openReadStreamPromise(only)) {
      crc = crc32(chunk as Uint8Array, crc)
      yield chunk as Uint8Array
    }
    if (crc !== only.crc32) throw new Error("its checksum does not fit")
  } catch (thrown) {
    throw thrown instanceof DataError
      ? thrown
      : wrong(
          `the zip archive is damaged or cut off: ${(thrown as Error).message}. Get the file again.`
        )
  } finally {
    archive?.close()
    await pieces.close()
  }
}

const openArchive = async ({ size, slice }: BytePieces): Promise<ZipFile> => {
  const { fromRandomAccessReaderPromise, RandomAccessReader } = (await import("yauzl")).default
  class Pieces extends RandomAccessReader {
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(pieceByPiece(slice, start, end), { objectMode: false })
    }
  }
  return fromRandomAccessReaderPromise(new Pieces(), size, { autoClose: false })
}

const bytesAtOnce = 1 << 18

async function* pieceByPiece(
  slice: BytePieces["slice"],
  start: number,
  end: number
): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += bytesAtOnce)
    yield Buffer.from(await slice(at, Math.min(end, at + bytesAtOnce)))
}

/** The files of an archive that somebody put there on purpose. */
const entriesOf = async (archive: ZipFile): Promise<ReadonlyArray<Entry>> => {
  const entries = await Array.fromAsync(archive.eachEntry())
  return entries.filter(
    ({ fileName }) => !fileName.endsWith("/") && !/(?:^|\/)(?:\.|__MACOSX\/)/.test(fileName)
  )
}
