/** The languages of texts, where the package that detects them is installed. */
import type { ValueCount } from "../figures/Profile.ts"
import { byCount } from "./ColumnCounts.ts"

/** A text is judged by its beginning: a sentence says as much as a page. */
const mostCharacters = 100

/** Counts the languages of texts; undefined without the package `tinyld`, or without texts. */
export const languagesOf = async (
  texts: ReadonlyArray<string>
): Promise<ReadonlyArray<ValueCount> | undefined> => {
  if (texts.length === 0) return undefined
  // Its light part knows the 24 most common languages, and is there at once.
  const tinyld = await import("tinyld/light").catch(() => undefined)
  if (tinyld === undefined) return undefined
  const counts = new Map<string, number>()
  for (const text of texts) {
    const language = tinyld.detect(text.slice(0, mostCharacters)) || "unknown"
    counts.set(language, (counts.get(language) ?? 0) + 1)
  }
  return byCount(counts)
}
