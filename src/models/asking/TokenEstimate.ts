import type { GenerateOutput, GenerateRequest, Statistics } from "../chat/LLM.ts"
import { tokenLimit } from "../chat/tokenLimit.ts"
/**
 * Token estimates: what a request may use before anyone has counted, and what it used where nobody
 * counts.
 */
import type { Usage } from "./Answers.ts"

const charactersForAToken = 4
const firstAnswer = 256
const weight = 0.05

export class TokenEstimate {
  /** Tokens of an answer, on average of late. */
  #answer: number | undefined

  /** What a request may use. */
  of(request: GenerateRequest): number {
    const answer =
      this.#answer ?? Math.min(tokenLimit(request.generationKwargs) ?? firstAnswer, firstAnswer)
    return inputOf(request) + answer * request.numGenerations
  }

  /** What an answer has used with its question. */
  used(request: GenerateRequest, { generations, statistics }: GenerateOutput): Usage {
    const usage = usageOf(statistics) ?? {
      inputTokens: Math.ceil(inputOf(request)),
      outputTokens: generations.reduce(
        (total, text) => total + Math.ceil((text?.length ?? 0) / charactersForAToken),
        0
      ),
      estimated: true
    }
    const each = usage.outputTokens / Math.max(1, generations.length)
    this.#answer = this.#answer === undefined ? each : this.#answer + (each - this.#answer) * weight
    return usage
  }
}

/** What a provider counted; undefined if it did not. */
export const usageOf = ({ input_tokens, output_tokens }: Statistics = {}): Usage | undefined =>
  input_tokens === undefined && output_tokens === undefined
    ? undefined
    : { inputTokens: sum(input_tokens), outputTokens: sum(output_tokens), estimated: false }

const inputOf = ({ messages }: GenerateRequest): number =>
  messages.reduce(
    (total, { content }) =>
      total + (typeof content === "string" ? content.length : JSON.stringify(content).length),
    0
  ) / charactersForAToken

const sum = (counts: ReadonlyArray<number> = []): number =>
  counts.reduce((total, count) => total + count, 0)
