/** How many columns of a terminal a text takes. */
import { createRequire } from "node:module"
import { stripVTControlCharacters } from "node:util"
import type stringWidthOf from "string-width"

const require = createRequire(import.meta.url)

/** Printable ASCII is counted here: loading string-width takes 25 ms. */
export const displayWidth = (text: string): number => {
  const shown = stripVTControlCharacters(text)
  return /^[\x20-\x7e]*$/.test(shown) ? shown.length : stringWidth()(shown)
}

const stringWidth = (): typeof stringWidthOf =>
  (require("string-width") as { readonly default: typeof stringWidthOf }).default
