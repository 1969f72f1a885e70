/**
 * Log probabilities: made up, but of the right shape and size. The alternatives of a token are
 * other tokens of the same answer.
 */
import { Dice } from "../answers/Dice.ts"
import { tokensOf } from "../answers/Tokens.ts"
import type { WireObject } from "../answers/Wire.ts"

const purpose = 3

const entry = (token: string, logprob: number): WireObject => ({
  token,
  logprob,
  bytes: [...Buffer.from(token)]
})

/**
 * Writes the log probabilities of an answer in OpenAI's shape, with `alternatives` top candidates
 * for each token.
 */
export const logprobsOf = (
  text: string,
  key: number,
  index: number,
  alternatives: number
): WireObject => {
  const dice = new Dice(key, purpose + index * 1000)
  const tokens = tokensOf(text)
  return {
    content: tokens.map((token) => {
      let logprob = -(dice.next() ** 3)
      const top = [entry(token, logprob)]
      for (let rank = 1; rank < alternatives; rank++) {
        logprob -= dice.next() + 0.1
        top.push(entry(dice.pick(tokens), logprob))
      }
      return {
        ...entry(token, top[0]?.["logprob"] as number),
        top_logprobs: alternatives === 0 ? [] : top
      }
    }),
    refusal: null
  }
}
