/** Which of the models that exist was most likely meant. */

const shown = 5

/** The models that share most with the misspelt name, the nearest first. */
export const closestModels = (name: string, known: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set(known)]
    .map((candidate) => ({
      candidate,
      likeness: likeness(name.toLowerCase(), candidate.toLowerCase())
    }))
    .sort((a, b) => b.likeness - a.likeness || a.candidate.localeCompare(b.candidate))
    .slice(0, shown)
    .map(({ candidate }) => candidate)

/**
 * The share of letter pairs that two names have in common (Dice's coefficient): model names differ
 * by parts rather than by letters.
 */
const likeness = (a: string, b: string): number => {
  const left = pairs(a)
  const right = pairs(b)
  const common = [...left].filter((pair) => right.has(pair)).length
  return (2 * common) / Math.max(1, left.size + right.size)
}

const pairs = (text: string): ReadonlySet<string> =>
  new Set(
    Array.from({ length: Math.max(0, text.length - 1) }, (_, index) => text.slice(index, index + 2))
  )
