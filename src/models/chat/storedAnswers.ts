/**
 * Stored answers: the journal keeps them as they are. Versions before 0.2 kept columns of texts,
 * reasons and counts, which are read as answers.
 */
import { list, record, textIn } from "../http/wireValues.ts"
import { type Answer, type TokenUsage, usageShares, withUsage } from "./Answer.ts"
import { finishReasonOf } from "./finishReasons.ts"
import type { GenerateOutput } from "./LLM.ts"

/** The answers that a journal kept, by whatever version. */
export const restoredOutput = (stored: unknown): GenerateOutput => {
  const { answers } = record(stored)
  return Array.isArray(answers)
    ? { answers: answers as ReadonlyArray<Answer> }
    : ofColumns(record(stored))
}

const ofColumns = (stored: Readonly<Record<string, unknown>>): GenerateOutput => {
  const texts = list(stored["generations"])
  const usages = usagesOf(record(stored["statistics"]), texts.length)
  return {
    answers: texts.map((text, index) => {
      const at = (column: string): unknown => list(stored[column])[index]
      const reasoning = textIn(at("reasonings"))
      const logprobs = at("logprobs")
      const answer: Answer = {
        text: typeof text === "string" ? text : null,
        finishReason: finishReasonOf(at("finishReasons")) ?? "stop",
        ...(reasoning === undefined ? {} : { reasoning }),
        ...(Array.isArray(logprobs)
          ? { logprobs: logprobs as NonNullable<Answer["logprobs"]> }
          : {})
      }
      return withUsage(answer, usages[index])
    })
  }
}

const columns = {
  input: "input_tokens",
  output: "output_tokens",
  reasoning: "reasoning_tokens",
  cached: "cached_tokens",
  written: "cache_written_tokens"
} satisfies Readonly<Record<Exclude<keyof TokenUsage, "media" | "audioSeconds">, string>>

/** Counts by answer, or totals that are divided among them. */
const usagesOf = (
  statistics: Readonly<Record<string, unknown>>,
  answers: number
): ReadonlyArray<TokenUsage | undefined> => {
  const counts = Object.entries(columns).flatMap(([key, column]) => {
    const numbers = list(statistics[column]) as ReadonlyArray<number>
    if (numbers.length === 0) return []
    // One number is that of all answers; a list that is too short is gone through again.
    const each =
      numbers.length === 1
        ? usageShares({ input: numbers[0]!, output: 0 }, answers).map((share) => share!.input)
        : Array.from({ length: answers }, (_, index) => numbers[index % numbers.length]!)
    return [[key, each] as const]
  })
  return Array.from({ length: answers }, (_, index) =>
    counts.length === 0
      ? undefined
      : {
          input: 0,
          output: 0,
          ...Object.fromEntries(counts.map(([key, each]) => [key, each[index]!]))
        }
  )
}
