/** Attempts: one request on its way through the gate, over the wire and into the journal. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ModelRequest } from "../chat/Model.ts"
import type { Usage } from "./Answers.ts"
import { givenUp } from "./ClosedGate.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import type { Passed } from "./Gate.ts"
import { type Call, type ModelAccess, pauseOf } from "./ModelAccess.ts"
import type { Restore } from "./Restore.ts"
import { revealedKeys } from "./secrets.ts"
import { billed } from "./TokenEstimate.ts"
import type { Tries } from "./Tries.ts"

/** Another attempt at a request. What has passed the gate is counted, however it ends. */
export const attempt = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  call: Call<Request>,
  tries: Tries
): Effect.Effect<Response, Diagnosis> =>
  Effect.uninterruptibleMask((restore) => {
    const count = tries.begin()
    return Effect.flatMap(pass(access, call, count, restore), (passed) =>
      exchange(access, call, count, passed, restore)
    )
  })

/**
 * Waits at the gate; whoever watches is notified of a pause, and who gives up ends the run: nobody
 * else is answered either.
 */
const pass = <Request extends ModelRequest, Response>(
  { by, gate, limitsTokens, patience, tokens }: ModelAccess<Request, Response>,
  { request, tell }: Call<Request>,
  count: number,
  restore: Restore
): Effect.Effect<Passed, Diagnosis> =>
  Effect.mapError(
    gate.pass(limitsTokens ? tokens.of(request) : 0, restore, patience, (closed) =>
      tell("paused", count, pauseOf(by, closed))
    ),
    (closed) => ({ ...givenUp(closed, gate.now()), unsent: true })
  )

/** What comes of a request that has passed. */
const exchange = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>,
  call: Call<Request>,
  count: number,
  passed: Passed,
  restore: Restore
): Effect.Effect<Response, Diagnosis> => {
  const { answers, gate, kind, state } = access
  const { asking, request, tell } = call
  if (answers?.mayAsk() === false) {
    gate.left(passed, gate.now())
    return restore(leave(access))
  }
  tell("request", count)
  state.inFlight++
  return Effect.flatMap(Effect.exit(restore(timed(access, request, count))), (exit) => {
    const usage = settle(access, call, count, passed, exit)
    if (Exit.isFailure(exit))
      return asking === undefined || usage === undefined
        ? exit
        : Effect.andThen(asking.spend(usage, count), exit)
    state.everSucceeded = true
    const { value } = exit
    const durationMs = gate.now() - passed.at
    const told = (): Response => {
      tell("success", count, { ...usage, ...kind.told(request, value), durationMs })
      return value
    }
    // Kept before anyone hears of it: from then on the row may be left.
    return asking === undefined
      ? Effect.sync(told)
      : Effect.map(asking.keep(value, count, usage!), told)
  })
}

const timed = <Request extends ModelRequest, Response>(
  { ask, deadlines, patience: { timeout }, post }: ModelAccess<Request, Response>,
  request: Request,
  count: number
): Effect.Effect<Response, Diagnosis> => {
  const wanted = sent(request)
  const late = (): Diagnosis => ({
    reason: "TimedOut",
    detail: `no answer within ${timeout} seconds`
  })
  const posting = post?.(wanted)
  return posting === undefined
    ? deadlines.within(ask(wanted, count), late)
    : deadlines.posted(posting, late)
}

/** Counts what an attempt used, before the gate lets the next one pass: it may be one too many. */
const settle = <Request extends ModelRequest, Response>(
  { answers, gate, place, state, tokens }: ModelAccess<Request, Response>,
  { request, tell }: Call<Request>,
  count: number,
  passed: Passed,
  exit: Exit.Exit<Response, Diagnosis>
): Usage | undefined => {
  state.inFlight--
  const counted = Exit.isSuccess(exit)
    ? tokens.used(request, exit.value)
    : billed(diagnosisIn(exit.cause).usage)
  const usage =
    counted === undefined ? undefined : { ...counted, llm: place.llm, model: place.model }
  if (usage !== undefined) answers?.spent(request.asker?.step ?? "", usage)
  const now = gate.now()
  if (Exit.isSuccess(exit)) {
    const { estimated, inputTokens, outputTokens } = usage!
    gate.answered(passed, now, estimated ? undefined : inputTokens + outputTokens)
  } else if (Cause.hasInterruptsOnly(exit.cause)) {
    gate.left(passed, now)
    tell("interrupted", count)
  } else gate.failed(passed, now, diagnosisIn(exit.cause))
  return usage
}

/** So often a row that is to be left looks whether it may. */
const leavingMs = 20

/**
 * Ends a row whose run is to stop, but not before those that were asked together with it are
 * answered.
 */
const leave = <Request extends ModelRequest, Response>(
  access: ModelAccess<Request, Response>
): Effect.Effect<never> =>
  Effect.suspend(() =>
    access.state.inFlight === 0
      ? Effect.interrupt
      : Effect.andThen(Effect.sleep(leavingMs), leave(access))
  )

/** Kwargs with their secrets as they are sent; all requests of a step have the same. */
const revealed = new WeakMap<object, ModelRequest["generationKwargs"]>()

/** The request with its secrets as they are sent. */
const sent = <Request extends ModelRequest>(request: Request): Request => {
  const known = revealed.get(request.generationKwargs)
  const generationKwargs = known ?? revealedKeys(request.generationKwargs)
  if (known === undefined) revealed.set(request.generationKwargs, generationKwargs)
  return generationKwargs === request.generationKwargs ? request : { ...request, generationKwargs }
}

const diagnosisIn = (cause: Cause.Cause<Diagnosis>): Diagnosis => {
  const failure = Cause.squash(cause)
  return typeof failure === "object" && failure !== null && "reason" in failure
    ? (failure as Diagnosis)
    : { reason: "InvalidRequest", detail: String(failure) }
}
