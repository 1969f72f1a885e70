/** Numbers on the command line. */
import { UsageError } from "./UsageError.ts"

/** A number from 0 on; undefined if the option is not given. */
export const number = (command: string, name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) throw new UsageError(command, `--${name} takes a number from 0 on, not '${text}'`)
  return value
}

/** A whole number from 1 on; undefined if the option is not given. */
export const wholeNumber = (command: string, name: string, text: string | undefined): number | undefined => {
  const value = number(command, name, text)
  if (value !== undefined && (!Number.isInteger(value) || value < 1)) throw new UsageError(command, `--${name} takes a whole number from 1 on, not '${text}'`)
  return value
}
