/**
 * Values as servers send them: what is read is looked at as it is, what is not read may be
 * anything.
 */

/** An object, or an empty one in place of anything else. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}

/** A list, or an empty one in place of anything else. */
export const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** A text that is not empty. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

/** A count, which some servers send as text. */
export const countIn = (value: unknown): number | undefined => {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof count === "number" && Number.isFinite(count) && count >= 0 ? count : undefined
}

/** The record without what is undefined: only what was given is sent. */
export const defined = (
  fields: Readonly<Record<string, unknown>>
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Texts as one; null where there is none. */
export const joinedText = (values: ReadonlyArray<unknown>): string | null => {
  const texts = values.filter((value) => typeof value === "string")
  return texts.length === 0 ? null : texts.join("")
}
