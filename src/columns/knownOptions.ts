/** Options by their names: one that is not known is refused, with the name that was meant. */
import { didYouMean } from "./closest.ts"

/** Throws where there are no options at all: who calls `type` in JavaScript may have forgotten them. */
export function assertOptions(type: string, given: unknown): asserts given is object {
  if (typeof given !== "object" || given === null)
    throw new TypeError(
      // What it is may be a key: it is not shown.
      `${type} takes its options as an object, and is given ${given === undefined ? "none" : `a value of type ${typeof given}`}: ${type}({ … }).`
    )
}

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
