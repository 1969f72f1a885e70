/** Values as messages show them: short, on one line. */

const longestShown = 60

/** A value in few words. */
export const shownValue = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (typeof value === "number" || typeof value === "bigint") return String(value)
  if (typeof value === "function") return "a function"
  if (typeof value === "symbol") return "a symbol"
  const text = jsonOf(value) ?? Object.prototype.toString.call(value)
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}

const jsonOf = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value, (_, held: unknown) =>
      typeof held === "bigint" ? String(held) : held
    )
  } catch {
    return undefined
  }
}
