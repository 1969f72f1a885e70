/** Scores: what a simulated reward model thinks of texts. The same text has the same score. */
import { Dice, hashText } from "./Dice.ts"

const purpose = 6

/** A text's score, from -5 to 5. */
export const scoreOf = (text: string, seed: number): number =>
  Number((new Dice(hashText(text, seed), purpose).next() * 10 - 5).toFixed(4))
