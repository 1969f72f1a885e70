/**
 * Whole answers: one that was cut at the limit of tokens is asked for again, alone and with a
 * larger limit.
 */
import * as Effect from "effect/Effect"
import { sampleOf } from "../models/asking/samples.ts"
import { addedUsage, type Answer, totalUsage } from "../models/chat/Answer.ts"
import type { GenerateOutput, GenerateRequest, LLMClient } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import type { Observer } from "../models/chat/LLMEvents.ts"
import { limitWords, tokenLimit } from "../models/chat/tokenLimit.ts"
import { nothing, placed, type Reanswered } from "./Reanswered.ts"

/** The limit grows by this factor, at most so often. */
const growth = 4
const most = 2

const least = 64
const charactersForAToken = 4

interface Widening {
  readonly client: LLMClient
  readonly request: GenerateRequest
  readonly observer: Observer
  /** The model's kwargs with another limit. */
  readonly limited: (maxNewTokens: number) => GenerateRequest["generationKwargs"]
  readonly complain: (index: number, complaint: string) => void
}

/**
 * The output with each cut answer asked for again. One that is cut at the largest limit, too, stays
 * cut.
 */
export const whole = (
  widening: Widening,
  output: GenerateOutput
): Effect.Effect<GenerateOutput, LLMError> => {
  const cut = output.answers.flatMap((answer, index) =>
    answer.finishReason === "length" ? [{ answer, index }] : []
  )
  return Effect.reduce(
    cut,
    () => output,
    (merged, { answer, index }) => {
      const limit = tokenLimit(widening.request.generationKwargs) ?? lengthOf(answer)
      return Effect.map(widened(widening, index, widening.request, limit, most), (next) =>
        placed(merged, index, next)
      )
    }
  )
}

/**
 * Tokens of an answer, which the server cut at a limit of its own: as counted, else as its text may
 * have.
 */
const lengthOf = ({ text, usage }: Answer): number =>
  Math.max(least, usage?.output ?? Math.ceil((text?.length ?? 0) / charactersForAToken))

/**
 * Asks for one answer with a larger limit. A model that fails now has answered once: that answer
 * stays.
 */
const widened = (
  widening: Widening,
  index: number,
  cut: GenerateRequest,
  limit: number,
  left: number
): Effect.Effect<Reanswered, LLMError> => {
  if (left === 0) return Effect.succeed(nothing)
  const { client, complain, limited, observer, request } = widening
  complain(index, `it was cut at ${limitWords(cut.generationKwargs)}`)
  const { asker } = request
  const wider = { ...request, generationKwargs: limited(limit * growth) }
  const again = {
    ...sampleOf(wider, index),
    ...(asker === undefined ? {} : { asker: { ...asker, row: `${asker.row}/${index}` } })
  }
  return Effect.flatMap(
    Effect.catch(client.generate(again, observer), (error) =>
      error.fatal ? Effect.fail(error) : Effect.succeed(undefined)
    ),
    (output) => {
      if (output === undefined) return Effect.succeed(nothing)
      const [answer] = output.answers
      const usage = totalUsage(output.answers)
      if (answer === undefined) return Effect.succeed({ usage })
      if (answer.finishReason !== "length") return Effect.succeed({ answer, usage })
      return Effect.map(
        widened(widening, index, wider, limit * growth, left - 1),
        (later): Reanswered => ({
          answer: later.answer ?? answer,
          usage: addedUsage(usage, later.usage)
        })
      )
    }
  )
}
