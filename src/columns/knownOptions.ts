/** Options by their names: one that is not known is refused, with the name that was meant. */
import { didYouMean } from "./closest.ts"

/**
 * Throws at an option that is not known: types do not see it behind `any`, or where options come
 * from a file.
 */
export const refuseUnknown = (
  /** Whose options they are: `TextGeneration 'generate'`. */
  owner: string,
  given: object,
  known: ReadonlyArray<string>
): void => {
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !known.includes(name))
      throw new RangeError(
        `${owner} has no option '${name}'.${didYouMean(name, known)} Its options: ${known.join(", ")}.`
      )
}
