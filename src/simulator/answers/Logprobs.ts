/**
 * Log probabilities: made up, but of the right size. The alternatives of a token are other tokens
 * of the same answer.
 */
import type { DrawnToken } from "../../models/simulated/Protocol.ts"
import { Dice } from "./Dice.ts"
import { tokensOf } from "./Tokens.ts"

const purpose = 3

/** Draws the log probabilities of an answer, with `alternatives` top candidates for each token. */
export const logprobsOf = (
  text: string,
  key: number,
  index: number,
  alternatives: number
): ReadonlyArray<DrawnToken> => {
  const dice = new Dice(key, purpose + index * 1000)
  const tokens = tokensOf(text)
  return tokens.map((token) => {
    let logprob = -(dice.next() ** 3)
    const top = [{ token, logprob }]
    for (let rank = 1; rank < alternatives; rank++) {
      logprob -= dice.next() + 0.1
      top.push({ token: dice.pick(tokens), logprob })
    }
    return { token, logprob: top[0]!.logprob, top: alternatives === 0 ? [] : top }
  })
}
