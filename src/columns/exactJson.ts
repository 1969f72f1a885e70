/**
 * JSON text in which every number keeps its value: an integer that no JavaScript number holds is
 * read as its digits.
 */

/**
 * Parses JSON. An integer beyond 2^53 becomes text of its digits; everything else is as
 * `JSON.parse` reads it. Throws a SyntaxError.
 */
export const parseExactly = (text: string): unknown =>
  longInteger.test(text) ? JSON.parse(text, exactly) : JSON.parse(text)

/** The smallest integer that a number may not hold has 16 digits. */
const longInteger = /\d{16}/

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
