/** Types as docstrings put them in words: "string or null", "list of strings or nulls". */

const singular: Readonly<Record<string, string>> = {
  string: "string",
  text: "string",
  number: "number",
  boolean: "boolean",
  value: "unknown"
}

/**
 * The type that words stand for, in TypeScript's; undefined if they are no type. What follows a
 * comma tells more of it.
 */
export const typeOfWords = (words: string): string | undefined => {
  const [phrase = ""] = words.split(", ")
  const list = /^list of (.+)$/.exec(phrase)?.[1]
  if (list !== undefined) {
    const element = typeOfWords(
      list.replaceAll(/\b(string|text|number|boolean|null|list|value)s\b/g, "$1")
    )
    return element === undefined ? undefined : `ReadonlyArray<${element}>`
  }
  const members = phrase
    .split(" or ")
    .map((member) => (member === "null" ? "null" : singular[member]))
  return members.every((member) => member !== undefined) ? members.join(" | ") : undefined
}
