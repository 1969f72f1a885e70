/** Text in XML. */
import { legible } from "./measure.ts"

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

/** The text as it stands on one line of an element or an attribute. */
export const escaped = (text: string): string =>
  legible(text).replaceAll(/[&<>"']/g, (character) => entities[character]!)

/** The same for a text of several lines. */
export const escapedLines = (text: string): string => text.split("\n").map(escaped).join("\n")
