/**
 * Token estimates: what a request may use before anyone has counted, and what it used where nobody
 * counts.
 */
import type { TokenUsage } from "../chat/Answer.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { RequestKind } from "../chat/RequestKind.ts"
import type { Usage } from "./Answers.ts"

const charactersForAToken = 4
const weight = 0.05

export class TokenEstimate<Request extends ModelRequest, Response> {
  readonly #kind: RequestKind<Request, Response>
  /** Tokens of an answer, on average of late. */
  #answer: number | undefined

  constructor(kind: RequestKind<Request, Response>) {
    this.#kind = kind
  }

  /** What a request may use, in and out. */
  of(request: Request): number {
    const { inputTokens, outputTokens } = this.expected(request)
    return inputTokens + outputTokens
  }

  /** What a request may use. */
  expected(request: Request): Usage {
    return {
      inputTokens: this.#input(request),
      outputTokens: this.#kind.outputTokens(request, this.#answer),
      estimated: true
    }
  }

  /** What a response has used, where nobody counted, with a request of so many tokens. */
  estimated(inputTokens: number, response: Response): Usage {
    return {
      inputTokens,
      outputTokens: Math.ceil(this.#kind.outputLength(response) / charactersForAToken),
      estimated: true
    }
  }

  /** What a response has used with its request. */
  used(request: Request, response: Response): Usage {
    const usage =
      billed(this.#kind.usage(response)) ??
      this.estimated(Math.ceil(this.#input(request)), response)
    const paid = this.#kind.paid?.(response) ?? {}
    const each = usage.outputTokens / Math.max(1, this.#kind.count(response))
    this.#answer = this.#answer === undefined ? each : this.#answer + (each - this.#answer) * weight
    return { ...usage, ...paid }
  }

  #input(request: Request): number {
    return this.#kind.inputLength(request) / charactersForAToken
  }
}

/** What a provider counted; undefined if it did not. */
export const billed = (usage: TokenUsage | undefined): Usage | undefined =>
  usage === undefined
    ? undefined
    : {
        inputTokens: usage.input,
        outputTokens: usage.output,
        ...(usage.cached === undefined ? {} : { cachedTokens: usage.cached }),
        ...(usage.written === undefined ? {} : { writtenTokens: usage.written }),
        ...(usage.reasoning === undefined ? {} : { reasoningTokens: usage.reasoning }),
        ...(usage.media === undefined ? {} : { media: usage.media }),
        ...(usage.audioSeconds === undefined ? {} : { audioSeconds: usage.audioSeconds }),
        estimated: false
      }
