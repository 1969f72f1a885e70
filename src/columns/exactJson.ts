/**
 * JSON text in which every number keeps its value: an integer that no JavaScript number holds is
 * read as its digits.
 */

/**
 * Parses JSON. An integer beyond 2^53 becomes text of its digits; everything else is as
 * `JSON.parse` reads it. Throws a SyntaxError.
 */
export const parseExactly = (text: string): unknown =>
  hasDigits(text, longDigits) ? JSON.parse(text, exactly) : JSON.parse(text)

/** The smallest integer that a number may not hold has 16 digits. */
const longDigits = 16

/**
 * Whether so many digits stand side by side. So many always cover one of the places that are looked
 * at, and most of a text is not: a regular expression takes longer over a text than to parse it.
 */
export const hasDigits = (text: string, count: number): boolean => {
  for (let last = count - 1; last < text.length;) {
    let before = last
    while (before > last - count && isDigit(text.charCodeAt(before))) before--
    if (before === last - count) return true
    last = before + count
  }
  return false
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

const exactly = (
  _key: string,
  value: unknown,
  { source }: { readonly source?: string } = {}
): unknown =>
  typeof value === "number" &&
  source !== undefined &&
  !Number.isSafeInteger(value) &&
  /^-?\d+$/.test(source)
    ? source
    : value

/** A number as JSON text, character by character. */
export const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON

/**
 * JSON text of a double beyond 2^53 that happens to be whole: with an exponent, so that no reader
 * takes it for an exact integer.
 */
export const doubleJson = (value: number): unknown => rawJson(value.toExponential())
