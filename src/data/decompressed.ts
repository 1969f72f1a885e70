/** Compressed files, read as what is in them. */
import { pipeline, Readable } from "node:stream"
import { createGunzip, createZstdDecompress } from "node:zlib"
import type { ByteSource } from "./ByteSource.ts"
import { DataError } from "./DataError.ts"
import { frameByFrame } from "./zstdFrames.ts"

/** How a file is compressed as a whole. */
export type Compression = "gzip" | "zstd"

/** The bytes of a source, decompressed where it is compressed. */
export const contentOf = (source: ByteSource, compression: Compression | undefined): AsyncIterable<Uint8Array> =>
  compression === undefined ? source.stream() : decompressed(source, compression)

async function* decompressed(source: ByteSource, compression: Compression): AsyncGenerator<Uint8Array> {
  const content = compression === "gzip" ? createGunzip({ chunkSize: 1 << 18 }) : createZstdDecompress({ chunkSize: 1 << 18 })
  pipeline(Readable.from(compression === "gzip" ? source.stream() : frameByFrame(source.stream())), content, () => {})
  try {
    for await (const chunk of content) yield chunk as Uint8Array
  } catch (thrown) {
    const { code } = thrown as { readonly code?: string }
    if (code?.startsWith("Z") !== true) throw thrown
    const detail = code === "Z_BUF_ERROR" || code === "ZSTD_error_srcSize_wrong" ? "it ends too early: the file is cut off" : `what is in it is damaged, or no ${compression}`
    throw new DataError({ action: "read", path: source.name, detail: `${detail}. Get the file again, or give it the ending that says what it is.` })
  } finally {
    content.destroy()
  }
}
