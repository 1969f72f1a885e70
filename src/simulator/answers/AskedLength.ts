/** Lengths that prompts ask for, as models keep them: about. */
import type { Dice } from "./Dice.ts"

/** From how many to how many characters. */
export interface AskedLength {
  readonly least: number
  readonly most: number
}

/** The length that a prompt asks for; undefined if it asks for none. */
export const lengthIn = (prompt: string): AskedLength | undefined => {
  const [, least, most] = /\b(\d+) (?:and|to) (\d+) characters\b/.exec(prompt) ?? []
  return least === undefined ? undefined : { least: Number(least), most: Number(most) }
}

/** A text of the length that was asked for, of whole sentences as far as that goes. */
export const ofLength = (
  dice: Dice,
  write: (dice: Dice) => string,
  { least, most }: AskedLength
): string => {
  let text = write(dice)
  while (text.length < least) text = `${text} ${write(dice)}`
  if (text.length <= most) return text
  const end = text.lastIndexOf(". ", most - 1) + 1
  return end >= least ? text.slice(0, end) : text.slice(0, most)
}
