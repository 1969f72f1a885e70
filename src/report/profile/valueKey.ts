/** Values as keys to count them by: equal values have equal keys, and no key is long. */
import { hash } from "node:crypto"

/** Longer texts are told apart by a hash. */
const longestText = 120
const shownOfLong = 80

/** The key of a value, and what it shows of it. */
export const valueKey = (value: unknown): string => {
  const text = typeof value === "string" ? value : jsonOf(value)
  return text.length <= longestText
    ? text
    : `${text.slice(0, shownOfLong)}…\0${hash("sha1", text, "base64")}`
}

/** What a key shows. */
export const shownKey = (key: string): string => key.replace(/\0.*$/s, "")

const jsonOf = (value: unknown): string => {
  if (typeof value !== "object") return String(value)
  try {
    return JSON.stringify(value)
  } catch {
    // Integers beyond 2^53: a function that looks at each value costs too much for all others.
    return JSON.stringify(value, (_key, held: unknown) =>
      typeof held === "bigint" ? String(held) : held
    )
  }
}
