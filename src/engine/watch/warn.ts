/** Warnings: one line on stderr each, whatever else a run shows of itself. */
import { colorsFor } from "./colors.ts"

const pc = colorsFor(process.stderr)

export const warn = (sentence: string): void => {
  process.stderr.write(`${pc.yellow("warning")} ${sentence}\n`)
}
