/** Values in one short line: no more of them is looked at than is shown. */

/** Texts that are no longer than this all together stand on one line. */
const shortTexts = 100

export const preview = (value: unknown, most = 240): string => {
  if (typeof value === "string") return value.length > most ? `${value.slice(0, most)}…` : value
  if (isTexts(value))
    return value.length > 1 && value.reduce((sum, { length }) => sum + length, 0) < shortTexts
      ? value.join(", ")
      : value
          .slice(0, 4)
          .map((text) => text.slice(0, most / 2).replaceAll(/\s+/g, " "))
          .join("\n")
  const text = jsonStart(value, most, 0)
  return text.length > most ? `${text.slice(0, most)}…` : text
}

/** Several texts, such as answers of several models. */
export const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= 100 &&
  value.every((item) => typeof item === "string")

/** The beginning of a value's JSON, nested no deeper than is worth a look. */
const jsonStart = (value: unknown, most: number, depth: number): string => {
  if (typeof value === "string")
    return JSON.stringify(value.length > most ? `${value.slice(0, most)}…` : value)
  if (typeof value !== "object" || value === null) return String(value)
  if (depth > 6) return Array.isArray(value) ? "[…]" : "{…}"
  const [open, close] = Array.isArray(value) ? "[]" : "{}"
  let text = open!
  for (const [key, held] of Object.entries(value)) {
    if (text.length > most) return `${text}…`
    text += `${text.length > 1 ? ", " : ""}${Array.isArray(value) ? "" : `${key}: `}${jsonStart(held, most, depth + 1)}`
  }
  return text + close!
}
