/** Samples: several answers to one question from providers that give one a request, or fewer than asked. */
import type { GenerateOutput, GenerateRequest } from "./LLM.ts"

/**
 * The question asked for its `index`-th answer alone. A seed moves on with the index: with the same seed all answers would be the same.
 */
export const sampleOf = (request: GenerateRequest, index: number): GenerateRequest => {
  const seed = request.generationKwargs["seed"]
  const generationKwargs = typeof seed === "number" ? { ...request.generationKwargs, seed: seed + index } : request.generationKwargs
  return { ...request, numGenerations: 1, generationKwargs }
}

/** An answer that the model refused to give, among others that it gave. */
export const refusedSample: GenerateOutput = { generations: [null], finishReasons: ["filtered"], statistics: { input_tokens: [0], output_tokens: [0] } }

/** The outputs as one, in their order. */
export const merged = (outputs: ReadonlyArray<GenerateOutput>): GenerateOutput => {
  const [only] = outputs
  if (only !== undefined && outputs.length === 1) return only
  const input = tokens(outputs, "input_tokens")
  const output = tokens(outputs, "output_tokens")
  const logprobs = outputs.some((part) => part.logprobs !== undefined)
    ? { logprobs: outputs.flatMap((part) => part.logprobs ?? part.generations.map(() => null)) }
    : {}
  return {
    generations: outputs.flatMap((part) => part.generations),
    statistics: { ...(input === undefined ? {} : { input_tokens: input }), ...(output === undefined ? {} : { output_tokens: output }) },
    ...(outputs.some((part) => part.finishReasons !== undefined) ? { finishReasons: outputs.flatMap((part) => part.finishReasons ?? part.generations.map(() => null)) } : {}),
    ...logprobs
  }
}

/** One number for each answer if all outputs tell so much, else one for all. */
const tokens = (outputs: ReadonlyArray<GenerateOutput>, key: "input_tokens" | "output_tokens"): ReadonlyArray<number> | undefined => {
  const counts = outputs.map((part) => part.statistics[key])
  if (counts.some((count) => count === undefined)) return undefined
  const all = counts.flatMap((count) => count ?? [])
  const each = outputs.every((part, index) => counts[index]?.length === part.generations.length)
  return each ? all : [all.reduce((sum, count) => sum + count, 0)]
}
