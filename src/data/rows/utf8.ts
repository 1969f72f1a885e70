/**
 * Bytes of text files as UTF-8: checked where they say they are, converted where they are in
 * another encoding.
 */
import { isUtf8 } from "node:buffer"
import { TextDecoder } from "node:util"
import { DataError } from "./DataError.ts"

/**
 * The bytes of a text in UTF-8, without a byte order mark. Bytes that are not in the encoding are
 * an error with their line and column.
 */
export const utf8 = (
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  encoding = "utf-8"
): AsyncGenerator<Buffer> => {
  const label = labelOf(encoding)
  return label === "utf-8"
    ? checked(name, bytes)
    : label === "latin1"
      ? fromLatin1(bytes)
      : converted(name, bytes, label, encoding)
}

const lineFeed = 10
const mark = Buffer.from([0xef, 0xbb, 0xbf])

async function* checked(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let tail: Buffer = Buffer.alloc(0)
  let line = 1
  /** The beginning of a line that is longer than what came at once. */
  let column = 0
  let first = true
  const pass = function* (chunk: Buffer): Generator<Buffer> {
    if (!isUtf8(chunk)) throw notUtf8(name, chunk, line, column)
    const begin = first && chunk.subarray(0, 3).equals(mark) ? 3 : 0
    first = false
    const last = chunk.lastIndexOf(lineFeed)
    line += feedsIn(chunk)
    column = (last < 0 ? column : 0) + chunk.length - last - 1
    if (chunk.length > begin) yield begin === 0 ? chunk : chunk.subarray(begin)
  }
  for await (const part of bytes) {
    const chunk =
      tail.length === 0
        ? Buffer.from(part.buffer, part.byteOffset, part.byteLength)
        : Buffer.concat([tail, part])
    const whole = chunk.length - incompleteTail(chunk)
    tail = chunk.subarray(whole)
    if (whole > 0) yield* pass(chunk.subarray(0, whole))
  }
  if (tail.length > 0) yield* pass(tail)
}

/** How many line feeds there are between two places. */
export const feedsIn = (bytes: Uint8Array, from = 0, to = bytes.length): number => {
  let feeds = 0
  for (let at = from; at < to; at++) if (bytes[at] === lineFeed) feeds++
  return feeds
}

/** How many bytes at the end are the beginning of a character whose rest is still to come. */
const incompleteTail = (bytes: Buffer): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    return byte >= 0xc2 && (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
  }
  return 0
}

/** Names the first byte that is not UTF-8, `line` and `column` being those at which the bytes begin. */
export const notUtf8 = (name: string, bytes: Buffer, line: number, column = 0): DataError => {
  const at = validLength(bytes)
  const before = bytes.subarray(0, at)
  const lastFeed = before.lastIndexOf(lineFeed)
  const feeds = feedsIn(before)
  const place = lastFeed < 0 ? column + before.length : before.length - lastFeed - 1
  const utf16 = line === 1 && feeds === 0 && place <= 1 && (bytes[0] === 0xff || bytes[0] === 0xfe)
  const hex = bytes[at]!.toString(16).padStart(2, "0")
  return new DataError({
    action: "read",
    path: name,
    line: line + feeds,
    detail: `byte ${place + 1} of the line (0x${hex}) is not UTF-8. Set encoding to the one that the file is in${utf16 ? ", which seems to be 'utf-16'" : " ('latin-1', 'cp1252' …)"}, or save the file in UTF-8.`
  })
}

/** The length of the longest beginning that is UTF-8, perhaps up to the middle of a character. */
const validLength = (bytes: Buffer): number => {
  const isValid = (length: number): boolean => {
    const part = bytes.subarray(0, length)
    return isUtf8(part.subarray(0, part.length - incompleteTail(part)))
  }
  let [low, high] = [0, bytes.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (isValid(middle)) low = middle
    else high = middle - 1
  }
  return (
    low -
    (low === bytes.length || !isUtf8(bytes.subarray(0, low))
      ? incompleteTail(bytes.subarray(0, low))
      : 0)
  )
}

async function* fromLatin1(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const { buffer, byteLength, byteOffset } of bytes)
    yield Buffer.from(Buffer.from(buffer, byteOffset, byteLength).toString("latin1"))
}

async function* converted(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  label: string,
  encoding: string
): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined
  let line = 1
  const decode = (part?: Uint8Array): Buffer => {
    try {
      const text =
        part === undefined ? (decoder?.decode() ?? "") : decoder!.decode(part, { stream: true })
      const chunk = Buffer.from(text)
      line += feedsIn(chunk)
      return chunk
    } catch {
      throw new DataError({
        action: "read",
        path: name,
        line,
        detail: `this line, or one of the next, holds bytes that are not ${encoding}. Set encoding to the one that the file is in.`
      })
    }
  }
  for await (const part of bytes) {
    decoder ??= decoderOf(
      name,
      label === "utf-16" && part[0] === 0xfe && part[1] === 0xff ? "utf-16be" : label,
      encoding
    )
    const chunk = decode(part)
    if (chunk.length > 0) yield chunk
  }
  const rest = decode()
  if (rest.length > 0) yield rest
}

const decoderOf = (name: string, label: string, encoding: string): TextDecoder => {
  try {
    return new TextDecoder(label, { fatal: true })
  } catch {
    throw new DataError({
      action: "read",
      path: name,
      detail: `there is no encoding '${encoding}'. Use one such as 'utf-8', 'latin-1', 'cp1252', 'utf-16', 'shift_jis' or 'gbk'.`
    })
  }
}

/**
 * Python's names for what the web calls otherwise. The web reads `latin-1` as `cp1252`; Python does
 * not.
 */
const labels: Readonly<Record<string, string>> = {
  utf8: "utf-8",
  "utf-8-sig": "utf-8",
  u8: "utf-8",
  ascii: "utf-8",
  "us-ascii": "utf-8",
  latin: "latin1",
  "latin-1": "latin1",
  "iso-8859-1": "latin1",
  "iso8859-1": "latin1",
  l1: "latin1",
  utf16: "utf-16",
  "utf-16-le": "utf-16le",
  "utf-16-be": "utf-16be",
  cp932: "shift_jis",
  cp936: "gbk",
  cp949: "euc-kr",
  cp950: "big5"
}

const labelOf = (encoding: string): string => {
  const name = encoding.trim().toLowerCase().replaceAll("_", "-")
  return (
    labels[name] ??
    name
      .replace(/^(?:cp-?)(125\d|874|866)$/, "windows-$1")
      .replace("windows-866", "ibm866")
      .replace("shift-jis", "shift_jis")
  )
}
