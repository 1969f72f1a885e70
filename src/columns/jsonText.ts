/** Values as JSON text, and whole numbers as JSON values. */

/** A whole number; its digits as text where a number would be another one. */
export const exactInteger = (value: bigint | number): number | string => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** The JSON text of a value. Big integers, which JSON has no type for, are numbers, or their digits as text. Throws a TypeError where there is none. */
export const jsonText = (value: unknown): string => {
  try {
    return JSON.stringify(value)
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return JSON.stringify(value, (_, held: unknown) => typeof held === "bigint" ? exactInteger(held) : held)
  }
}
