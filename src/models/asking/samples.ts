/**
 * Samples: several answers to one question from providers that give one a request, or fewer than
 * asked.
 */
import { totalUsage, usageShares, withUsage } from "../chat/Answer.ts"
import type { GenerateOutput, GenerateRequest } from "../chat/LLM.ts"
import type { LLMError } from "../chat/LLMError.ts"

/**
 * The question asked for its `index`-th answer alone. A seed moves on with the index: with the same
 * seed all answers would be the same.
 */
export const sampleOf = (request: GenerateRequest, index: number): GenerateRequest => {
  const seed = request.generationKwargs["seed"]
  const generationKwargs =
    typeof seed === "number"
      ? { ...request.generationKwargs, seed: seed + index }
      : request.generationKwargs
  return { ...request, numGenerations: 1, generationKwargs }
}

/** Whether a server refused the request for the number of answers that it asks for. */
export const saysOneByOne = ({ detail, reason }: LLMError): boolean =>
  reason === "InvalidRequest" &&
  /(^|[^\w-])n([^\w-]|$)|num_?(generations|completions|choices|return_sequences)|(multiple|number of) (completions|choices|generations|candidates)/i.test(
    detail
  )

/** An answer that the model refused to give, among others that it gave. */
export const refusedSample: GenerateOutput = {
  answers: [{ text: null, finishReason: "filtered", usage: { input: 0, output: 0 } }]
}

/** No more answers than asked for: some servers give more. What the others used counts all the same. */
export const atMost = (output: GenerateOutput, count: number): GenerateOutput => {
  const { answers } = output
  if (answers.length <= count) return output
  const shares = usageShares(totalUsage(answers), count)
  return { answers: answers.slice(0, count).map((answer, i) => withUsage(answer, shares[i])) }
}

/** The outputs as one, in their order. */
export const merged = (outputs: ReadonlyArray<GenerateOutput>): GenerateOutput => ({
  answers: outputs.flatMap(({ answers }) => answers)
})
