/**
 * Answers to one request: from the journal if it was paid for before, else after as many tries as
 * it takes.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { LLMError } from "../chat/LLMError.ts"
import { isLongPrompt } from "../chat/longPrompts.ts"
import type { ModelRequest } from "../chat/Model.ts"
import type { Asking } from "./Answers.ts"
import { attempt } from "./attempt.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import { type Call, type ModelAccess, pauseOf, type Tell } from "./ModelAccess.ts"
import { errorAt } from "./Place.ts"
import { billed } from "./TokenEstimate.ts"
import { Tries } from "./Tries.ts"

/** The answer to a request, from an earlier time if it was paid for then. */
export const answerTo = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  request: Request,
  tell: Tell,
  sample = 0
): Effect.Effect<Response, LLMError> =>
  kept(access, request, tell, sample, (asking) => send(access, { request, tell, asking }))

/** The answer from an earlier time; undefined if there is none that is this request's. */
export const recalledTo = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  request: Request,
  tell: Tell,
  sample = 0
): Effect.Effect<Response | undefined, LLMError> =>
  kept<Request, Response, Response | undefined>(access, request, tell, sample, () =>
    Effect.succeed(undefined)
  )

/** The answer from an earlier time, or what comes of a request whose answer has to be kept. */
const kept = <Request extends ModelRequest, Response, Found>(
  access: ModelAccess<Request, Response>,
  request: Request,
  tell: Tell,
  sample: number,
  otherwise: (asking: Asking | undefined) => Effect.Effect<Found, LLMError>
): Effect.Effect<Response | Found, LLMError> =>
  Effect.suspend(() => {
    const { answers, kind, place, source, tokens } = access
    // A model without a source costs nothing.
    if (answers === undefined || source === undefined) return otherwise(undefined)
    const asking = answers.ask({
      llm: place.llm,
      model: place.model,
      baseUrl: source,
      kind: kind.name,
      identity: kind.identity(request),
      shown: kind.shown(request),
      request,
      sample
    })
    return Effect.flatMap(asking.recall, (recalled): Effect.Effect<Response | Found, LLMError> => {
      if (recalled === undefined) return otherwise(asking)
      const response = kind.restored(recalled.answer)
      tell("recalled", recalled.attempt, {
        ...tokens.used(request, response),
        ...kind.told(request, response)
      })
      return Effect.succeed(response)
    }).pipe(Effect.onExit(() => Effect.sync(asking.end)))
  })

/** Asks, as the request is to be delivered. */
const send = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  call: Call<Request>
): Effect.Effect<Response, LLMError> =>
  access.batches === undefined || access.delivery?.takes(call.request) !== true
    ? atOnce(access, call)
    : Effect.flatMap(access.delivery.deliver(access, call), (response) =>
        response === undefined ? atOnce(access, call) : Effect.succeed(response)
      )

/** Asks at once, together with others where the kind of request can be. */
const atOnce = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  call: Call<Request>
): Effect.Effect<Response, LLMError> => {
  const { together } = access.kind
  if (together?.takes(call.request) !== true) return asked(access, call)
  if (access.together !== undefined) return access.together(call)
  // Loaded when it is wanted: few programs embed.
  return Effect.flatMap(
    Effect.promise(() => import("./together.ts")),
    ({ askingTogether }) => {
      access.together ??= askingTogether(together, (one) => asked(access, one))
      return access.together(call)
    }
  )
}

/** Asks until there is an answer, or no more tries, or no more time. */
const asked = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  call: Call<Request>
): Effect.Effect<Response, LLMError> =>
  Effect.suspend(() => {
    const { patience, place, rowDeadlines, state } = access
    const tries = new Tries(patience)
    const answer = inOrder(access, call.request, tried(access, call, tries))
    return rowDeadlines === undefined
      ? answer
      : rowDeadlines.within(answer, () =>
          errorAt(
            place,
            {
              reason: "TimedOut",
              detail: `no answer within rowTimeout, ${patience.rowTimeout} seconds${pausedWords(access)}`
            },
            { attempts: tries.count, everSucceeded: state.everSucceeded }
          )
        )
  })

/** Long prompts go in an order in which providers need to read their beginnings but once. */
const inOrder = <Request extends ModelRequest, Response>(
  { kind, order }: ModelAccess<Request, Response>,
  request: Request,
  answer: Effect.Effect<Response, LLMError>
): Effect.Effect<Response, LLMError> =>
  order === undefined || kind.prompt === undefined || !isLongPrompt(kind.inputLength(request))
    ? answer
    : order.inOrder(kind.prompt(request), answer)

const tried = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  call: Call<Request>,
  tries: Tries
): Effect.Effect<Response, LLMError> =>
  Effect.catch(attempt(access, call, tries), (diagnosis) =>
    Effect.flatMap(Random.next, (chance) => again(access, call, tries, diagnosis, chance))
  )

/** What follows an attempt that failed: another one, or the end. */
const again = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  call: Call<Request>,
  tries: Tries,
  diagnosis: Diagnosis,
  chance: number
): Effect.Effect<Response, LLMError> => {
  const { by, gate, place, state } = access
  const { reason } = diagnosis
  const { everSucceeded } = state
  if (diagnosis.unsent === true)
    return Effect.fail(
      fatal(errorAt(place, diagnosis, { attempts: tries.count - 1, everSucceeded }))
    )
  const now = gate.now()
  const next = tries.failed(diagnosis, { now, chance, closed: gate.unanswered(now) })
  const used = billed(diagnosis.usage)
  if (next.kind === "over") {
    call.tell("failure", tries.count, { reason, ...used })
    const error = errorAt(place, next.diagnosis, { attempts: tries.count, everSucceeded })
    return Effect.fail(next.fatal ? fatal(error) : error)
  }
  call.tell("retry", tries.count, { reason, waitMs: next.waitMs, ...used })
  const closed = gate.closed(now)
  if (closed !== undefined) call.tell("paused", tries.count, { reason, ...pauseOf(by, closed) })
  const more = tried(access, call, tries)
  return next.atGate ? more : Effect.andThen(Effect.sleep(next.waitMs), more)
}

/** What a row was waiting for, if it was not for its own answer. */
const pausedWords = <Request extends ModelRequest, Response>({
  by,
  gate
}: ModelAccess<Request, Response>): string => {
  const closed = gate.closed(gate.now())
  return closed === undefined
    ? ""
    : `: ${closed.kind === "down" ? `${by} is down` : `paused by ${closed.isOwn === true ? "your limit" : by} (${closed.why})`}`
}

const fatal = (error: LLMError): LLMError => new LLMError({ ...error, fatal: true })
