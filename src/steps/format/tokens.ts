/** Texts cut to a number of tokens, by OpenAI's encodings. */
import * as Effect from "effect/Effect"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { detailOf, StepFailed } from "../../step/StepFailed.ts"

export const encodings = ["o200k_base", "cl100k_base", "p50k_base", "r50k_base"] as const

/** How texts become tokens. */
export type Encoding = (typeof encodings)[number]

export const isEncoding = (value: unknown): value is Encoding =>
  encodings.some((encoding) => encoding === value)

const missing = optionalPackage("gpt-tokenizer", "Counting tokens")

/** Each in a module of its own, of which only the one that is wanted is loaded. */
const load = {
  o200k_base: () => import("gpt-tokenizer/encoding/o200k_base").catch(missing),
  cl100k_base: () => import("gpt-tokenizer/encoding/cl100k_base").catch(missing),
  p50k_base: () => import("gpt-tokenizer/encoding/p50k_base").catch(missing),
  r50k_base: () => import("gpt-tokenizer/encoding/r50k_base").catch(missing)
}

/** A function that gives the beginning of a text with at most so many tokens. */
export const cuttingTokens = (
  step: string,
  encoding: Encoding
): Effect.Effect<(text: string, length: number) => string, StepFailed> =>
  Effect.map(
    Effect.tryPromise({
      try: () => load[encoding](),
      catch: (thrown) =>
        new StepFailed({
          step,
          phase: "load",
          reason: "PackageMissing",
          detail: detailOf(thrown)
        })
    }),
    ({ decode, encode }) =>
      (text, length) => {
        // No text has more tokens than bytes.
        if (text.length * 3 <= length) return text
        // What looks like a special token is text like any other.
        const tokens = encode(text, { disallowedSpecial: new Set() })
        if (tokens.length <= length) return text
        for (let kept = length; kept > 0; kept--) {
          const beginning = decode(tokens.slice(0, kept))
          // A token may end within a character.
          if (text.startsWith(beginning)) return beginning
        }
        return ""
      }
  )
