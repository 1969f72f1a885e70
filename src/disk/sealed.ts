/**
 * Sealed lines: text with a checksum before it, so that a line that was cut or damaged is known as
 * such.
 */
import { crc32 } from "node:zlib"

/** The text with its seal; it must not have line feeds. */
export const sealed = (text: string): string =>
  `${crc32(text).toString(16).padStart(8, "0")} ${text}`

/** The text of a sealed line; undefined if the seal is broken. */
export const unsealed = (line: string): string | undefined => {
  if (line.charCodeAt(8) !== 32) return undefined
  const text = line.slice(9)
  return Number.parseInt(line.slice(0, 8), 16) === crc32(text) ? text : undefined
}
