/**
 * Sealed blocks: many lines under one checksum, for what is written often and can be worked out
 * again. A block that was cut or damaged is passed over, and so is one of another scope: the
 * checksum is that of scope and text.
 */
import { fstatSync, readSync } from "node:fs"
import { crc32 } from "node:zlib"
import type { Place } from "./segments.ts"

/**
 * The line before a block: its checksum and length. Lines of the block itself must not begin with
 * "@ ".
 */
export const blockHeader = (body: Buffer, scope: string): Buffer =>
  Buffer.from(`@ ${crc32(body, crc32(scope)).toString(16)} ${body.length}\n`)

const header = /^@ ([\da-f]{1,8}) (\d{1,15})\n/
const headerBytes = 64
const searchBytes = 1 << 20

/**
 * The texts of all blocks of a file that are as they were written; `onDamage` gets the places
 * between them.
 */
export function* blocksIn(
  file: number,
  scope: string,
  onDamage: (place: Place) => void = () => {}
): Generator<string> {
  const seed = crc32(scope)
  for (let at = 0; ;) {
    const start = bytesAt(file, at, headerBytes)
    if (start.length === 0) return
    const found = header.exec(start.toString("latin1"))
    const [line = "", seal = "", length = "0"] = found ?? []
    const body = found === null ? undefined : bytesAt(file, at + line.length, Number(length))
    if (body?.length === Number(length) && crc32(body, seed) === Number.parseInt(seal, 16)) {
      yield body.toString("utf8")
      at += line.length + body.length
    } else {
      const next = nextHeader(file, at + 1)
      onDamage({ offset: at, length: (next ?? fstatSync(file).size) - at })
      if (next === undefined) return
      at = next
    }
  }
}

/** Where the next block after a place may begin. */
const nextHeader = (file: number, from: number): number | undefined => {
  for (let at = from; ;) {
    const bytes = bytesAt(file, at, searchBytes)
    const found = bytes.indexOf("\n@ ")
    if (found >= 0) return at + found + 1
    if (bytes.length < searchBytes) return undefined
    // One that lies across the end of what was read begins the next part.
    at += bytes.length - 2
  }
}

/** A file that cannot be read on has told all it can. */
const bytesAt = (file: number, at: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(Math.min(length, 1 << 30))
  try {
    for (let read = 0; read < bytes.length;) {
      const more = readSync(file, bytes, read, bytes.length - read, at + read)
      if (more === 0) return bytes.subarray(0, read)
      read += more
    }
    return bytes
  } catch {
    return bytes.subarray(0, 0)
  }
}
