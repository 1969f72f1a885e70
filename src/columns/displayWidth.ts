/** How many columns of a terminal a text takes. */
import { createRequire } from "node:module"
import type stringWidthOf from "string-width"

const require = createRequire(import.meta.url)

// oxlint-disable-next-line no-control-regex -- escape sequences begin with a control character
const colors = /\u001b\[[\d;]*m/g

/**
 * Printable ASCII and the signs of tables are counted here, colored or not: loading string-width
 * takes 25 ms.
 */
export const displayWidth = (text: string): number => {
  const shown = text.replaceAll(colors, "")
  return /^[ -~·×–—…→✓✗]*$/.test(shown) ? shown.length : stringWidth()(shown)
}

const stringWidth = (): typeof stringWidthOf =>
  (require("string-width") as { readonly default: typeof stringWidthOf }).default
