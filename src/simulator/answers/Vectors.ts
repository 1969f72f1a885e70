/** Vectors: what a simulated model makes of texts. Texts with words in common are near each other. */
import { Dice, hashText } from "./Dice.ts"

const purpose = 5
const usualDimensions = 256

/** A text's vector of length 1: the sum of those of its words. */
export const vectorOf = (
  text: string,
  seed: number,
  dimensions = usualDimensions
): Array<number> => {
  const sum = new Array<number>(dimensions).fill(0)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]) {
    const dice = new Dice(hashText(word, seed), purpose)
    for (let at = 0; at < dimensions; at++) sum[at]! += dice.next() - 0.5
  }
  const length = Math.hypot(...sum)
  return sum.map((value) => Number((value / length).toFixed(6)))
}
