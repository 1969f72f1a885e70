/** The screen: where the texts of a command line go. */
import type { Screen } from "./command.ts"

const { fstatSync, writeSync } = process.getBuiltinModule("node:fs")

/**
 * Node's own stdout takes a tenth of the time in which the command starts to open: a terminal gets
 * it, with bold headings; a pipe or a file is written to without.
 */
export const screenHere = async (): Promise<Screen> => {
  const err = (text: string): void => console.error(text)
  if (!isTerminal()) return { out: written, err }
  const { colorsFor } = await import("../run/display/colors.ts")
  return {
    out: (text) => console.log(text),
    err,
    bold: colorsFor(process.stdout).bold,
    columns: process.stdout.columns
  }
}

const isTerminal = (): boolean => {
  try {
    return fstatSync(1).isCharacterDevice()
  } catch {
    return false
  }
}

const written = (text: string): void => {
  let left = Buffer.from(`${text}\n`)
  try {
    while (left.length > 0) left = left.subarray(writeSync(1, left))
  } catch {
    // A pipe that is full for now, or that nobody reads: Node knows how to wait for the one and to be silent about the other.
    console.log(left.toString().replace(/\n$/, ""))
  }
}
