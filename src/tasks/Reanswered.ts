/** What came of asking again for one answer among several, and the output with it in its place. */
import { addedUsage, type Answer, type TokenUsage, withUsage } from "../models/chat/Answer.ts"
import type { GenerateOutput } from "../models/chat/LLM.ts"

/** The answer that will do better, if there was one, and the tokens of all attempts at it. */
export interface Reanswered {
  readonly answer?: Answer
  readonly usage: TokenUsage | undefined
}

/** Asking again gave nothing and used nothing. */
export const nothing: Reanswered = { usage: undefined }

/** The output with what came of asking again in the place of one answer. The tokens of all count. */
export const placed = (
  { answers }: GenerateOutput,
  index: number,
  { answer: next, usage }: Reanswered
): GenerateOutput => ({
  answers: answers.map((first, i) =>
    i === index ? withUsage(next ?? first, addedUsage(first.usage, usage)) : first
  )
})
