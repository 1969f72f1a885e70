/** Token estimates: what a request may use, before anyone has counted. */
import type { GenerateOutput, GenerateRequest } from "./LLM.ts"

const charactersForAToken = 4
const firstAnswer = 256
const weight = 0.05

export class TokenEstimate {
  /** Whether anyone wants to know. */
  readonly #wanted: boolean
  /** Tokens of an answer, on average of late. */
  #answer: number | undefined

  constructor(wanted: boolean) {
    this.#wanted = wanted
  }

  of({ generationKwargs, messages, numGenerations }: GenerateRequest): number {
    if (!this.#wanted) return 0
    const characters = messages.reduce((sum, { content }) => sum + (typeof content === "string" ? content.length : JSON.stringify(content).length), 0)
    const most = generationKwargs["maxNewTokens"] ?? generationKwargs["maxOutputTokens"]
    const answer = this.#answer ?? (typeof most === "number" ? Math.min(most, firstAnswer) : firstAnswer)
    return characters / charactersForAToken + answer * numGenerations
  }

  /** What an answer has used with its question; undefined if it was not counted. */
  used({ generations, statistics: { input_tokens, output_tokens } }: GenerateOutput): number | undefined {
    if (input_tokens === undefined && output_tokens === undefined) return undefined
    const output = sum(output_tokens)
    const each = output / Math.max(1, generations.length)
    this.#answer = this.#answer === undefined ? each : this.#answer + (each - this.#answer) * weight
    return sum(input_tokens) + output
  }
}

const sum = (counts: ReadonlyArray<number> = []): number => counts.reduce((total, count) => total + count, 0)
