/**
 * The JSON of files that others wrote: no number changes, and what Python writes beside JSON is
 * read.
 */
import { parseExactly } from "../../../columns/exactJson.ts"

/**
 * Parses JSON. Integers beyond 2^53 are their digits; `NaN` and `Infinity`, which Python writes,
 * are null. Throws a SyntaxError.
 */
export const parseJsonText = (text: string): unknown => {
  try {
    return parseExactly(text)
  } catch (thrown) {
    if (!/NaN|Infinity/.test(text)) throw thrown
    const plain = text.replace(/"(?:[^"\\]+|\\.)*"|-?\b(?:NaN|Infinity)\b/gs, (part) =>
      part.startsWith('"') ? part : "null"
    )
    if (plain === text) throw thrown
    return parseExactly(plain)
  }
}
