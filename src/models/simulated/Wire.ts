/** Wire values: reading JSON that a stranger sent. */

/** A JSON object whose fields are not known yet. */
export type WireObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is WireObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The object under a key, or an empty one. */
export const objectAt = (object: WireObject, key: string): WireObject => {
  const value = object[key]
  return isObject(value) ? value : {}
}

/** The number under the first of the keys that holds one. */
export const numberAt = (
  object: WireObject,
  ...keys: ReadonlyArray<string>
): number | undefined => {
  for (const key of keys) {
    const value = object[key]
    if (typeof value === "number") return value
  }
  return undefined
}

/** The text of a message: a string as it is, of a list of parts the texts; media parts are left out. */
export const textOf = (content: unknown, between = "\n"): string => {
  if (typeof content === "string") return content
  if (!Array.isArray(content)) return ""
  const texts: Array<string> = []
  for (const part of content) {
    if (isObject(part) && typeof part["text"] === "string") texts.push(part["text"])
  }
  return texts.join(between)
}

/** Strings of a value that may be one string, a list of them, or missing. */
export const stringsOf = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string"
    ? [value]
    : Array.isArray(value)
      ? value.filter((item) => typeof item === "string")
      : []

/** A part of a path without its escapes. */
export const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
