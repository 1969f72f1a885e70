/** Outcomes of questions in jobs: answers are kept, and whoever waits for one is told. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { type BatchApi, batchPriceShare } from "../asking/BatchApi.ts"
import type { Diagnosis } from "../asking/Diagnosis.ts"
import type { ModelAccess } from "../asking/ModelAccess.ts"
import { errorAt } from "../asking/Place.ts"
import { billed } from "../asking/TokenEstimate.ts"
import { LLMError } from "../chat/LLMError.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { Entry } from "./Chunk.ts"

const priced = { priceShare: batchPriceShare }

/** A model that answers by jobs. */
export interface Answering<Request extends ModelRequest, Response> {
  readonly access: ModelAccess<Request, Response>
  readonly api: BatchApi<Request, Response>
}

/** Keeps an answer to a question of a job made at a time; gives what then tells who waits for it. */
export const kept = <Request extends ModelRequest, Response>(
  { access }: Answering<Request, Response>,
  { answered, call, question, tries }: Entry<Request, Response>,
  made: number,
  response: Response
): Effect.Effect<Effect.Effect<void>> => {
  const { answers, kind, state, tokens } = access
  state.everSucceeded = true
  if (call === undefined) {
    const usage = billed(kind.usage(response)) ?? tokens.estimated(0, response)
    return Effect.as(
      answers!.keepFor(question, made, response, { ...usage, ...priced }),
      Effect.void
    )
  }
  const usage = { ...tokens.used(call.request, response), ...priced }
  call.tell("rested", tries)
  call.tell("request", tries)
  answers?.spent(question.step, usage)
  return Effect.as(
    call.asking!.keep(response, tries, usage),
    Effect.suspend(() => {
      call.tell("success", tries, { ...usage, ...kind.told(call.request, response) })
      return Effect.asVoid(Deferred.succeed(answered, response))
    })
  )
}

/** Tells whoever waits that there is no answer. */
export const failed = <Request extends ModelRequest, Response>(
  { access }: Answering<Request, Response>,
  { answered, call, question, tries }: Entry<Request, Response>,
  diagnosis: Diagnosis,
  fatal = false
): Effect.Effect<void> => {
  if (call === undefined) return Effect.void
  const { answers, place, state } = access
  const used = billed(diagnosis.usage)
  return Effect.gen(function* () {
    call.tell("rested", tries)
    call.tell("request", tries)
    if (used !== undefined) {
      answers?.spent(question.step, { ...used, ...priced })
      yield* call.asking!.spend({ ...used, ...priced }, tries)
    }
    call.tell("failure", tries, { reason: diagnosis.reason, ...used, ...priced })
    const error = errorAt(place, diagnosis, {
      attempts: tries,
      everSucceeded: state.everSucceeded
    })
    yield* Deferred.fail(answered, fatal ? new LLMError({ ...error, fatal: true }) : error)
  })
}

/** Lets a question be asked at once that no job has answered. */
export const leftToAsk = <Request extends ModelRequest, Response>({
  answered,
  call,
  tries
}: Entry<Request, Response>): Effect.Effect<void> => {
  call?.tell("rested", tries)
  return Effect.asVoid(Deferred.succeed(answered, undefined))
}
