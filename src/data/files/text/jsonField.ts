/**
 * One field of a JSON document that is an object: the bytes of its value, found without holding the
 * document in memory.
 */
import { DataError } from "../../rows/DataError.ts"

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c

const opens = (byte: number): boolean => byte === 0x7b || byte === 0x5b
const closes = (byte: number): boolean => byte === 0x7d || byte === 0x5d

/** The bytes of the value under a key of the document. */
export async function* fieldOf(
  name: string,
  bytes: AsyncIterable<Buffer>,
  field: string
): AsyncGenerator<Buffer> {
  const keys: Array<string> = []
  let depth = 0
  let inText = false
  let escaped = false
  /** Bytes of the latest text at the top of the object, which is a key if a colon follows. */
  let text: Array<number> = []
  let inside = false
  for await (const chunk of bytes) {
    let start = inside ? 0 : -1
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (inText) {
        if (depth === 1 && !inside) text.push(byte)
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) inText = false
      } else if (byte === quote) {
        inText = true
        if (depth === 1 && !inside) text = [byte]
      } else if (opens(byte)) depth++
      else if (depth === 1 && (byte === comma || closes(byte))) {
        if (inside) {
          yield chunk.subarray(start, at)
          return
        }
        depth -= closes(byte) ? 1 : 0
      } else if (closes(byte)) depth--
      else if (depth === 1 && byte === colon && !inside) {
        const key = JSON.parse(Buffer.from(text).toString()) as string
        keys.push(key)
        inside = key === field
        if (inside) start = at + 1
      }
    }
    if (start >= 0) yield chunk.subarray(start)
  }
  if (!inside)
    throw new DataError({
      action: "read",
      path: name,
      detail: `it has no field '${field}'${keys.length === 0 ? ": it is not a JSON object" : ` (there are: ${keys.join(", ")})`}. Correct field.`
    })
}
