/**
 * Samples: several answers to one question from providers that give one a request, or fewer than
 * asked.
 */
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
  generations: [null],
  finishReasons: ["filtered"],
  statistics: { input_tokens: [0], output_tokens: [0] }
}

/** No more answers than asked for: some servers give more. What the others used counts all the same. */
export const atMost = (output: GenerateOutput, count: number): GenerateOutput => {
  if (output.generations.length <= count) return output
  const { finishReasons, generations, logprobs, reasonings, statistics } = output
  const total = (counts: ReadonlyArray<number>): ReadonlyArray<number> =>
    counts.length === generations.length ? [counts.reduce((sum, each) => sum + each, 0)] : counts
  return {
    generations: generations.slice(0, count),
    statistics: Object.fromEntries(
      Object.entries(statistics as Readonly<Record<string, ReadonlyArray<number>>>).map(
        ([key, counts]) => [key, total(counts)]
      )
    ),
    ...(finishReasons === undefined ? {} : { finishReasons: finishReasons.slice(0, count) }),
    ...(reasonings === undefined ? {} : { reasonings: reasonings.slice(0, count) }),
    ...(logprobs === undefined ? {} : { logprobs: logprobs.slice(0, count) })
  }
}

/** The outputs as one, in their order. */
export const merged = (outputs: ReadonlyArray<GenerateOutput>): GenerateOutput => {
  const [only] = outputs
  if (only !== undefined && outputs.length === 1) return only
  const each = <A>(
    of: (part: GenerateOutput) => ReadonlyArray<A> | undefined
  ): ReadonlyArray<A | null> | undefined =>
    outputs.some((part) => of(part) !== undefined)
      ? outputs.flatMap(
          (part): ReadonlyArray<A | null> => of(part) ?? part.generations.map(() => null)
        )
      : undefined
  const finishReasons = each((part) => part.finishReasons)
  const reasonings = each((part) => part.reasonings)
  const logprobs = each((part) => part.logprobs)
  return {
    generations: outputs.flatMap((part) => part.generations),
    statistics: Object.fromEntries(
      counted.flatMap((key) => {
        const counts = tokens(outputs, key)
        return counts === undefined ? [] : [[key, counts]]
      })
    ),
    ...(finishReasons === undefined ? {} : { finishReasons }),
    ...(reasonings === undefined ? {} : { reasonings }),
    ...(logprobs === undefined ? {} : { logprobs })
  }
}

/** What is counted, and whether a part that does not tell it has none of it. */
const counted = ["input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens"] as const
const noneUnlessTold: ReadonlySet<string> = new Set(["reasoning_tokens", "cached_tokens"])

/** One number for each answer if all outputs tell so much, else one for all. */
const tokens = (
  outputs: ReadonlyArray<GenerateOutput>,
  key: (typeof counted)[number]
): ReadonlyArray<number> | undefined => {
  const told = outputs.map((part) => part.statistics[key])
  const counts =
    noneUnlessTold.has(key) && told.some((count) => count !== undefined)
      ? told.map((count, i) => count ?? outputs[i]!.generations.map(() => 0))
      : told
  if (counts.some((count) => count === undefined)) return undefined
  const all = counts.flatMap((count) => count ?? [])
  const each = outputs.every((part, index) => counts[index]?.length === part.generations.length)
  return each ? all : [all.reduce((sum, count) => sum + count, 0)]
}
