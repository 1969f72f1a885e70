/**
 * JSON as Python writes it, with blanks and without other letters than ASCII's: datasets hold calls
 * so.
 */
export const pythonJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, part]) => `${pythonJson(key)}: ${pythonJson(part)}`)
      .join(", ")}}`
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  )
}
