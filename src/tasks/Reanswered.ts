/** What came of asking again for one answer among several, and the output with it in its place. */
import type { GenerateOutput, Statistics } from "../models/chat/LLM.ts"

/**
 * The answer that will do better, if there was one, as an output of its own, and the tokens of all
 * attempts at it.
 */
export interface Reanswered {
  readonly output?: GenerateOutput
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Asking again gave nothing and used nothing. */
export const nothing: Reanswered = { inputTokens: 0, outputTokens: 0 }

/** What one answer used. */
export const spentOn = ({ statistics }: GenerateOutput): Reanswered => ({
  inputTokens: statistics.input_tokens?.[0] ?? 0,
  outputTokens: statistics.output_tokens?.[0] ?? 0
})

/** The output with what came of asking again in the place of one answer. The tokens of all count. */
export const placed = (
  output: GenerateOutput,
  index: number,
  { inputTokens, output: next, outputTokens }: Reanswered
): GenerateOutput => {
  const { finishReasons, generations, logprobs, reasonings } = output
  const at = <A>(
    values: ReadonlyArray<A | null> | undefined,
    given: ReadonlyArray<A | null> | undefined
  ): ReadonlyArray<A | null> | undefined =>
    next === undefined || (values === undefined && given === undefined)
      ? values
      : generations.map((_, i) => (i === index ? given?.[0] : values?.[i]) ?? null)
  const reasons = at(finishReasons, next?.finishReasons)
  const thoughts = at(reasonings, next?.reasonings)
  const probabilities = at(logprobs, next?.logprobs)
  return {
    ...output,
    generations:
      next === undefined
        ? generations
        : generations.map((first, i) => (i === index ? (next.generations[0] ?? null) : first)),
    statistics: withTokens(output, index, inputTokens, outputTokens),
    ...(reasons === undefined ? {} : { finishReasons: reasons }),
    ...(thoughts === undefined ? {} : { reasonings: thoughts }),
    ...(probabilities === undefined ? {} : { logprobs: probabilities })
  }
}

const withTokens = (
  { generations, statistics }: GenerateOutput,
  index: number,
  inputTokens: number,
  outputTokens: number
): Statistics => {
  const added = (
    counts: ReadonlyArray<number> | undefined,
    more: number
  ): ReadonlyArray<number> | undefined => {
    const at = counts?.length === generations.length ? index : 0
    return counts?.map((count, i) => (i === at ? count + more : count))
  }
  const input = added(statistics.input_tokens, inputTokens)
  const out = added(statistics.output_tokens, outputTokens)
  return {
    ...statistics,
    ...(input === undefined ? {} : { input_tokens: input }),
    ...(out === undefined ? {} : { output_tokens: out })
  }
}
