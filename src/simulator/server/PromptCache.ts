/**
 * A provider's cache of prompts: beginnings that it has read lately, of 1,024 tokens or more in
 * steps of 128. A beginning is there once the first request that has it was answered, until others
 * push it out.
 */
import { hash } from "node:crypto"
import type { Question } from "../../models/simulated/Question.ts"
import { countTokens } from "../answers/Tokens.ts"

/** How much a cache of prompts holds. */
export interface PromptCacheOptions {
  /** Tokens of all beginnings together; those that nobody used for longest go first. */
  readonly tokens: number
}

/** Tokens of a question that the cache had, and those that it has from then on. */
export interface CachedPrompt {
  readonly cachedTokens: number
  readonly writtenTokens: number
}

/** What counts as a token here: its hash would take longer than the answer. */
const charactersForAToken = 4
const firstTokens = 1024
const stepTokens = 128

export class PromptCache {
  readonly #most: number
  /**
   * Beginnings with the tokens that each has more than the one before it, and since when it is
   * there, in milliseconds; the one that was used longest ago first.
   */
  readonly #blocks = new Map<string, { readonly tokens: number; readonly sinceMs: number }>()
  #tokens = 0

  constructor({ tokens }: PromptCacheOptions) {
    this.#most = tokens
  }

  clear(): void {
    this.#blocks.clear()
    this.#tokens = 0
  }

  /** What of a question is there, and what is put there; its own are from `answeredMs` on. */
  read(question: Question, nowMs: number, answeredMs: number): CachedPrompt {
    const text = textOf(question).slice(0, question.kept)
    let cached = 0
    let written = 0
    let isKnown = true
    for (const { end, key, tokens } of blocksOf(text)) {
      written = end
      const known = this.#blocks.get(key)
      isKnown &&= known !== undefined && known.sinceMs <= nowMs
      if (isKnown) cached = end
      if (known === undefined) this.#tokens += tokens
      else this.#blocks.delete(key)
      this.#blocks.set(key, known ?? { tokens, sinceMs: answeredMs })
    }
    for (const [key, { tokens }] of this.#blocks) {
      if (this.#tokens <= this.#most) break
      this.#blocks.delete(key)
      this.#tokens -= tokens
    }
    const tokensOf = (from: number, to: number): number =>
      from === to ? 0 : countTokens(text.slice(from, to))
    return { cachedTokens: tokensOf(0, cached), writtenTokens: tokensOf(cached, written) }
  }
}

const textOf = ({ history, prompt, system }: Question): string =>
  [system, ...history.map(({ role, text }) => `${role}: ${text}`), prompt].join("\n")

/** The beginnings of a text, each known by all that stands before its end. */
function* blocksOf(
  text: string
): Generator<{ readonly key: string; readonly end: number; readonly tokens: number }> {
  let tokens = firstTokens
  let end = firstTokens * charactersForAToken
  while (end <= text.length) {
    yield { end, key: hash("sha1", text.slice(0, end), "base64url"), tokens }
    tokens = stepTokens
    end += stepTokens * charactersForAToken
  }
}
