// oxlint-disable-next-line typescript/triple-slash-reference -- who follows the import must find the declaration too
/// <reference path="./seekBzip.d.ts" />
/** Compressed files, read as what is in them. */
import { pipeline, Readable } from "node:stream"
import { createGunzip, createZstdDecompress } from "node:zlib"
import { bytesIn, type ByteSource } from "../rows/ByteSource.ts"
import { DataError } from "../rows/DataError.ts"
import { unzipped } from "./archives.ts"
import { frameByFrame } from "./zstdFrames.ts"

/** How a file is compressed as a whole. */
export type Compression = "gzip" | "zstd" | "bzip2" | "xz" | "zip"

/** The bytes of a source, decompressed where it is compressed. */
export const contentOf = (
  source: ByteSource,
  compression: Compression | undefined
): AsyncIterable<Uint8Array> => {
  switch (compression) {
    case undefined:
      return source.stream()
    case "zip":
      return unzipped(source)
    case "bzip2":
      return told(source, compression, bunzipped(source))
    case "xz":
      return told(source, compression, unxzed(source))
    case "gzip":
    case "zstd":
      return told(source, compression, inflated(source, compression))
  }
}

async function* inflated(
  source: ByteSource,
  compression: "gzip" | "zstd"
): AsyncGenerator<Uint8Array> {
  const content =
    compression === "gzip"
      ? createGunzip({ chunkSize: 1 << 18 })
      : createZstdDecompress({ chunkSize: 1 << 18 })
  pipeline(
    Readable.from(compression === "gzip" ? source.stream() : frameByFrame(source.stream())),
    content,
    () => {}
  )
  try {
    for await (const chunk of content) yield chunk as Uint8Array
  } finally {
    content.destroy()
  }
}

/** The library decompresses a file at once: it is in memory as a whole. */
async function* bunzipped(source: ByteSource): AsyncGenerator<Uint8Array> {
  const { default: bunzip } = await import("seek-bzip")
  const compressed = await bytesIn(source)
  let content: Uint8Array
  try {
    content = bunzip.decode(compressed, undefined, true)
  } catch (thrown) {
    throw new Undecodable((thrown as Error).message)
  }
  yield content
}

async function* unxzed(source: ByteSource): AsyncGenerator<Uint8Array> {
  const {
    default: { XzReadableStream }
  } = await import("xz-decompress")
  let failed: unknown
  const compressed = (async function* () {
    try {
      yield* source.stream()
    } catch (thrown) {
      failed = thrown
      throw thrown
    }
  })()
  try {
    yield* new XzReadableStream(ReadableStream.from(compressed))
  } catch (thrown) {
    throw failed ?? new Undecodable(thrown instanceof Error ? thrown.message : String(thrown))
  }
}

/** What a decompressor could not read. */
class Undecodable extends Error {}

async function* told(
  source: ByteSource,
  compression: Compression,
  content: AsyncIterable<Uint8Array>
): AsyncGenerator<Uint8Array> {
  try {
    yield* content
  } catch (thrown) {
    const { code } = thrown as { readonly code?: string }
    if (!(thrown instanceof Undecodable) && code?.startsWith("Z") !== true) throw thrown
    const cutOff = code === "Z_BUF_ERROR" || code === "ZSTD_error_srcSize_wrong"
    throw new DataError({
      action: "read",
      path: source.name,
      detail: `${cutOff ? "it ends too early: the file is cut off" : `its ${compression} data is damaged, cut off, or not ${compression} at all`}. Get the file again, or give it the ending that says what it is.`
    })
  }
}
