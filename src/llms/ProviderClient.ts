/** Provider clients: everything around one request that is the same for all providers: turns, timeouts, retries, several answers. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { makeTurns, type Turns } from "./Turns.ts"
import { type Answers, CurrentAnswers, type Known } from "./Answers.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import type { GenerateOutput, GenerateRequest, LLMClient } from "./LLM.ts"
import { isRetryable, type LLMError } from "./LLMError.ts"
import type { LLMEvent, Observer } from "./LLMEvents.ts"
import { errorAt, type Place } from "./Place.ts"
import { merged, refusedSample, sampleOf } from "./samples.ts"

/** What a provider brings along. */
export interface Provider {
  readonly place: Place
  readonly maxConcurrency: number
  readonly maxRetries: number
  /** Seconds for one attempt. */
  readonly timeout: number
  /** Whether one request may ask for several answers. */
  readonly takesNumGenerations: boolean
  /** One attempt, the `attempt`-th at this question; interruption aborts it. */
  readonly ask: (request: GenerateRequest, attempt: number) => Effect.Effect<GenerateOutput, Diagnosis>
}

/** The client of a provider. */
export const makeClient = (provider: Provider): Effect.Effect<LLMClient> =>
  Effect.gen(function*() {
    return clientOf(provider, yield* makeTurns(provider.maxConcurrency), yield* CurrentAnswers)
  })

const silence: Observer = () => {}

const clientOf = ({ ask, maxRetries, place, takesNumGenerations, timeout }: Provider, turns: Turns, answers: Answers | undefined): LLMClient => {
  const patience = Duration.seconds(timeout)
  const timedOut = Effect.fail<Diagnosis>({ reason: "TimedOut", detail: `no answer within ${timeout} seconds` })
  let everSucceeded = false

  const attempt = (request: GenerateRequest, count: number, tell: Tell, known: Known | undefined): Effect.Effect<GenerateOutput, Diagnosis> =>
    // The turn is given back before the wait for a retry: other rows go on meanwhile.
    turns.withTurn(Clock.clockWith((clock) => {
      const start = clock.currentTimeMillisUnsafe()
      tell("request", count)
      return ask(request, count).pipe(
        Effect.timeoutOrElse({ duration: patience, orElse: () => timedOut }),
        Effect.onInterrupt(() => Effect.sync(() => tell("interrupted", count))),
        Effect.tap((output) => {
          const durationMs = clock.currentTimeMillisUnsafe() - start
          everSucceeded = true
          // Kept before anyone hears of it: from then on the row may be left.
          return Effect.andThen(known?.keep(output) ?? Effect.void, Effect.sync(() => tell("success", count, { ...totals(output), durationMs })))
        })
      )
    }))

  /** The answer, from an earlier time if it was paid for then. */
  const call = (request: GenerateRequest, tell: Tell, sample = 0): Effect.Effect<GenerateOutput, LLMError> =>
    Effect.suspend(() => {
      const { baseUrl, llm, model } = place
      // A model without a server costs nothing.
      if (answers === undefined || baseUrl === undefined) return asked(request, tell, undefined)
      const known = answers.known({ llm, model, baseUrl, request, sample })
      if (known.answer === undefined) return Effect.onExit(asked(request, tell, known), () => Effect.sync(known.drop))
      tell("recalled", 0, totals(known.answer))
      return Effect.succeed(known.answer)
    })

  const asked = (request: GenerateRequest, tell: Tell, known: Known | undefined, count = 1): Effect.Effect<GenerateOutput, LLMError> =>
    Effect.catch(attempt(request, count, tell, known), (diagnosis) => {
      if (count > maxRetries || !isRetryable(diagnosis.reason) || (diagnosis.retryAfterMs ?? 0) > longestWaitMs) {
        tell("failure", count, { reason: diagnosis.reason })
        return Effect.fail(errorAt(place, diagnosis, { attempts: count, everSucceeded }))
      }
      return Effect.flatMap(Random.next, (chance) => {
        const waitMs = waitBefore(count, diagnosis.retryAfterMs, chance)
        tell("retry", count, { reason: diagnosis.reason, waitMs })
        return Effect.andThen(Effect.sleep(waitMs), asked(request, tell, known, count + 1))
      })
    })

  /** The answers from the `from`-th on, each by a request of its own. */
  const samples = (request: GenerateRequest, from: number, tell: Tell): Effect.Effect<ReadonlyArray<GenerateOutput>, LLMError> =>
    Effect.gen(function*() {
      let refusal: LLMError | undefined
      const outputs = yield* Effect.forEach(
        Array.from({ length: request.numGenerations - from }, (_, index) => sampleOf(request, from + index)),
        (sample, index) =>
          Effect.catch(call(sample, tell, from + index), (error) => {
            if (error.reason !== "Refused") return Effect.fail(error)
            refusal = error
            return Effect.succeed(refusedSample)
          }),
        { concurrency: "unbounded" }
      )
      // one refusal among answers is a null among them; nothing but refusals is the error
      return refusal !== undefined && from === 0 && outputs.every((output) => output === refusedSample) ? yield* refusal : outputs
    })

  return {
    generate: (request, observer = silence) => {
      const tell: Tell = (kind, count, more) => observer({ kind, llm: place.llm, model: place.model, attempt: count, ...more })
      if (request.numGenerations === 1) return call(request, tell)
      if (!takesNumGenerations) return Effect.map(samples(request, 0, tell), merged)
      return Effect.flatMap(call(request, tell), (output) => {
        // some compatible servers take the number and ignore it
        const got = output.generations.length
        return got >= request.numGenerations
          ? Effect.succeed(output)
          : Effect.map(samples(request, got, tell), (rest) => merged([output, ...rest]))
      })
    }
  }
}

type Tell = (kind: LLMEvent["kind"], attempt: number, more?: Partial<LLMEvent>) => void

const firstWaitMs = 500
const longestBackoffMs = 60_000

/** A provider that wants to be left alone for longer is a failed request now rather than a row that hangs. */
const longestWaitMs = 3_600_000

/** Milliseconds before the next attempt; `chance` from 0 to 1 keeps requests that failed together from coming back together. */
const waitBefore = (failed: number, retryAfterMs: number | undefined, chance: number): number =>
  retryAfterMs === undefined
    ? Math.min(firstWaitMs * 2 ** (failed - 1), longestBackoffMs) * (0.75 + chance / 2)
    : retryAfterMs + chance * Math.min(1000, retryAfterMs / 10)

const sum = (counts: ReadonlyArray<number>): number => counts.reduce((total, count) => total + count, 0)

const totals = ({ statistics: { input_tokens, output_tokens } }: GenerateOutput): Partial<LLMEvent> => ({
  ...(input_tokens === undefined ? {} : { inputTokens: sum(input_tokens) }),
  ...(output_tokens === undefined ? {} : { outputTokens: sum(output_tokens) })
})
