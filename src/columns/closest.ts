/** The known name that a misspelt one most likely meant. */
import { distance } from "fastest-levenshtein"

/** The nearest of the known names, if it is near enough to be meant. */
export const closest = (name: string, known: ReadonlyArray<string>): string | undefined => {
  const near = known
    .map((candidate) => ({
      candidate,
      edits: distance(name.toLowerCase(), candidate.toLowerCase())
    }))
    .filter(
      ({ candidate, edits }) =>
        edits <= Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 2))
    )
    .sort((a, b) => a.edits - b.edits)
  return near[0]?.candidate
}

/** "Did you mean 'prompt'?" with a blank before it, or nothing. */
export const didYouMean = (name: string, known: ReadonlyArray<string>): string => {
  const near = closest(name, known)
  return near === undefined ? "" : ` Did you mean '${near}'?`
}
