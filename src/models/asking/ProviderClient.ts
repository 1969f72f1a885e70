/**
 * Provider clients: everything around one request that is the same for all providers: its gate,
 * timeouts, retries, several answers.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import { addressIdentity } from "../../secrets/addresses.ts"
import type { GenerateOutput, GenerateRequest, LLMClient } from "../chat/LLM.ts"
import { LLMError } from "../chat/LLMError.ts"
import type { LLMEvent, Observer } from "../chat/LLMEvents.ts"
import { withoutThoughts } from "../chat/thoughts.ts"
import { limitWords } from "../chat/tokenLimit.ts"
import { type Answers, type Asking, CurrentAnswers, type Usage } from "./Answers.ts"
import { type ClosedGate, givenUp } from "./ClosedGate.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import type { Gate, Passed } from "./Gate.ts"
import { errorAt, type Place, providerName } from "./Place.ts"
import { atMost, merged, refusedSample, sampleOf, saysOneByOne } from "./samples.ts"
import { revealedKeys } from "./secrets.ts"
import { TokenEstimate, usageOf } from "./TokenEstimate.ts"
import { type Patience, patienceOf, Tries } from "./Tries.ts"
import type { Restore } from "./Turns.ts"

/** What a provider brings along. */
export interface Provider extends Patience {
  readonly place: Place
  /** What every attempt passes, whichever step asks; it holds the limits. */
  readonly gate: Gate
  /** Whether one request may ask for several answers. */
  readonly takesNumGenerations: boolean
  /** One attempt, the `attempt`-th at this question; interruption aborts it. */
  readonly ask: (
    request: GenerateRequest,
    attempt: number
  ) => Effect.Effect<GenerateOutput, Diagnosis>
}

/** The client of a provider. */
export const makeClient = (provider: Provider): Effect.Effect<LLMClient> =>
  Effect.map(Effect.service(CurrentAnswers), (answers) => clientOf(provider, answers))

const silence: Observer = () => {}

const clientOf = (provider: Provider, answers: Answers | undefined): LLMClient => {
  const { ask, gate, place, takesNumGenerations } = provider
  const patience = patienceOf(provider)
  const timedOut = Effect.fail<Diagnosis>({
    reason: "TimedOut",
    detail: `no answer within ${patience.timeout} seconds`
  })
  const tokens = new TokenEstimate()
  const limitsTokens = provider.tokensPerMinute !== undefined
  const by = providerName(place)
  // Another key is no other question.
  const baseUrl =
    place.baseUrl === undefined
      ? undefined
      : [addressIdentity(place.baseUrl), ...(place.headers ?? []).flat()].join("\n")
  let takesSeveral = takesNumGenerations
  let everSucceeded = false
  let inFlight = 0

  /**
   * Waits at the gate; whoever watches is notified of a pause, and who gives up ends the run:
   * nobody else is answered either.
   */
  const pass = (
    request: GenerateRequest,
    count: number,
    tell: Tell,
    restore: Restore
  ): Effect.Effect<Passed, Diagnosis> =>
    Effect.mapError(
      gate.pass(limitsTokens ? tokens.of(request) : 0, restore, patience, (closed) =>
        tell("paused", count, pauseOf(closed))
      ),
      (closed) => ({ ...givenUp(closed, gate.now()), unsent: true })
    )

  /** What a row was waiting for, if it was not for its own answer. */
  const pausedWords = (): string => {
    const closed = gate.closed(gate.now())
    return closed === undefined
      ? ""
      : `: ${closed.kind === "down" ? `${by} is down` : `paused by ${by} (${closed.why})`}`
  }

  const pauseOf = ({ ms, why }: ClosedGate): Partial<LLMEvent> => ({ waitMs: ms, why, by })

  /**
   * Ends a row whose run is to stop, but not before those that were asked together with it are
   * answered.
   */
  const leave: Effect.Effect<never> = Effect.suspend(() =>
    inFlight === 0 ? Effect.interrupt : Effect.andThen(Effect.sleep(leavingMs), leave)
  )

  const exchange = (
    request: GenerateRequest,
    count: number,
    tell: Tell,
    asking: Asking | undefined,
    restore: Restore
  ) =>
    Effect.flatMap(pass(request, count, tell, restore), (passed) =>
      Effect.suspend(() => {
        const now = (): number => gate.now()
        if (answers?.mayAsk() === false) {
          gate.left(passed, now())
          return restore(leave)
        }
        let usage: Usage | undefined
        tell("request", count)
        inFlight++
        return restore(
          ask(sent(request), count).pipe(
            Effect.timeoutOrElse({
              duration: Duration.seconds(patience.timeout),
              orElse: () => timedOut
            })
          )
        ).pipe(
          Effect.onExit((exit) =>
            Effect.sync(() => {
              inFlight--
              // Before the gate lets the next one pass: it may be one too many.
              usage = Exit.isSuccess(exit)
                ? tokens.used(request, exit.value)
                : usageOf(diagnosisIn(exit.cause).usage)
              if (usage !== undefined) answers?.spent(request.asker?.step ?? "", usage)
              if (Exit.isSuccess(exit)) gate.answered(passed, now(), totalOf(exit.value))
              else if (Cause.hasInterruptsOnly(exit.cause)) {
                gate.left(passed, now())
                tell("interrupted", count)
              } else gate.failed(passed, now(), diagnosisIn(exit.cause))
            })
          ),
          Effect.tapError(() =>
            asking === undefined || usage === undefined ? Effect.void : asking.spend(usage, count)
          ),
          Effect.tap((output) => {
            everSucceeded = true
            const durationMs = now() - passed.at
            // Kept before anyone hears of it: from then on the row may be left.
            return Effect.andThen(
              asking?.keep(output, count, usage!) ?? Effect.void,
              Effect.sync(() =>
                tell("success", count, { ...usage, ...cutIn(request, output), durationMs })
              )
            )
          })
        )
      })
    )

  const attempt = (
    request: GenerateRequest,
    count: number,
    tell: Tell,
    asking: Asking | undefined
  ): Effect.Effect<GenerateOutput, Diagnosis> =>
    Effect.uninterruptibleMask((restore) => exchange(request, count, tell, asking, restore))

  /** The answer, from an earlier time if it was paid for then. */
  const call = (
    request: GenerateRequest,
    tell: Tell,
    sample = 0
  ): Effect.Effect<GenerateOutput, LLMError> =>
    Effect.suspend(() => {
      const { llm, model } = place
      // A model without a server costs nothing.
      if (answers === undefined || baseUrl === undefined) return asked(request, tell, undefined)
      const asking = answers.ask({ llm, model, baseUrl, request, sample })
      return Effect.flatMap(asking.recall, (recalled) => {
        if (recalled === undefined) return asked(request, tell, asking)
        tell("recalled", recalled.attempt, {
          ...tokens.used(request, recalled.answer),
          ...cutIn(request, recalled.answer)
        })
        return Effect.succeed(recalled.answer)
      }).pipe(Effect.onExit(() => Effect.sync(asking.end)))
    })

  const asked = (
    request: GenerateRequest,
    tell: Tell,
    asking: Asking | undefined
  ): Effect.Effect<GenerateOutput, LLMError> =>
    Effect.suspend(() => {
      const tries = new Tries(patience)
      const again: Effect.Effect<GenerateOutput, LLMError> = Effect.suspend(() =>
        Effect.catch(attempt(request, tries.begin(), tell, asking), (diagnosis) =>
          Effect.flatMap(Random.next, (chance) => {
            if (diagnosis.unsent === true)
              return Effect.fail(
                fatal(errorAt(place, diagnosis, { attempts: tries.count - 1, everSucceeded }))
              )
            const now = gate.now()
            const next = tries.failed(diagnosis, { now, chance, closed: gate.unanswered(now) })
            const used = usageOf(diagnosis.usage)
            if (next.kind === "over") {
              tell("failure", tries.count, { reason: diagnosis.reason, ...used })
              const error = errorAt(place, next.diagnosis, { attempts: tries.count, everSucceeded })
              return Effect.fail(next.fatal ? fatal(error) : error)
            }
            tell("retry", tries.count, { reason: diagnosis.reason, waitMs: next.waitMs, ...used })
            const closed = gate.closed(now)
            if (closed !== undefined)
              tell("paused", tries.count, { reason: diagnosis.reason, ...pauseOf(closed) })
            return next.atGate ? again : Effect.andThen(Effect.sleep(next.waitMs), again)
          })
        )
      )
      if (patience.rowTimeout === undefined) return again
      return Effect.timeoutOrElse(again, {
        duration: Duration.seconds(patience.rowTimeout),
        orElse: () =>
          Effect.fail(
            errorAt(
              place,
              {
                reason: "TimedOut",
                detail: `no answer within rowTimeout, ${patience.rowTimeout} seconds${pausedWords()}`
              },
              { attempts: tries.count, everSucceeded }
            )
          )
      })
    })

  /** The answers from the `from`-th on, each by a request of its own. */
  const samples = (
    request: GenerateRequest,
    from: number,
    tell: Tell
  ): Effect.Effect<ReadonlyArray<GenerateOutput>, LLMError> =>
    Effect.gen(function* () {
      let refusal: LLMError | undefined
      const outputs = yield* Effect.forEach(
        Array.from({ length: request.numGenerations - from }, (_, index) =>
          sampleOf(request, from + index)
        ),
        (sample, index) =>
          Effect.catch(
            call(
              sample,
              (kind, count, more) => tell(kind, count, { ...more, sample: from + index }),
              from + index
            ),
            (error) => {
              if (error.reason !== "Refused") return Effect.fail(error)
              refusal = error
              return Effect.succeed(refusedSample)
            }
          ),
        { concurrency: "unbounded" }
      )
      // one refusal among answers is a null among them; nothing but refusals is the error
      return refusal !== undefined &&
        from === 0 &&
        outputs.every((output) => output === refusedSample)
        ? yield* refusal
        : outputs
    })

  /**
   * As many answers as asked for: by one request where the server takes the number, else by as
   * many.
   */
  const several = (
    request: GenerateRequest,
    tell: Tell
  ): Effect.Effect<GenerateOutput, LLMError> => {
    if (request.numGenerations === 1) return call(request, tell)
    const oneByOne = Effect.suspend(() => Effect.map(samples(request, 0, tell), merged))
    if (!takesSeveral) return oneByOne
    return Effect.matchEffect(call(request, tell), {
      onSuccess: (output) => {
        // some compatible servers take the number and ignore it
        const got = output.generations.length
        return got >= request.numGenerations
          ? Effect.succeed(output)
          : Effect.map(samples(request, got, tell), (rest) => merged([output, ...rest]))
      },
      onFailure: (error) => {
        if (!saysOneByOne(error)) return Effect.fail(error)
        takesSeveral = false
        return oneByOne
      }
    })
  }

  return {
    generate: (request, observer = silence) => {
      const row = request.asker === undefined ? {} : { row: request.asker.row }
      const tell: Tell = (kind, count, more) =>
        observer({ kind, llm: place.llm, model: place.model, attempt: count, ...row, ...more })
      return Effect.map(
        Effect.suspend(() => several(request, tell)),
        (output) => withoutThoughts(atMost(output, request.numGenerations))
      )
    }
  }
}

/** How many answers were cut, if any, and where. */
const cutIn = (
  request: GenerateRequest,
  { finishReasons = [] }: GenerateOutput
): Partial<LLMEvent> => {
  const cut = finishReasons
    .slice(0, request.numGenerations)
    .filter((reason) => reason === "length").length
  return cut === 0 ? {} : { cut, cutAt: limitWords(request.generationKwargs) }
}

/** All tokens of an answer with its question; undefined if nobody counted. */
const totalOf = ({ statistics }: GenerateOutput): number | undefined => {
  const usage = usageOf(statistics)
  return usage === undefined ? undefined : usage.inputTokens + usage.outputTokens
}

/** So often a row that is to be left looks whether it may. */
const leavingMs = 20

/** The request with its secrets as they are sent. */
const sent = (request: GenerateRequest): GenerateRequest => {
  const generationKwargs = revealedKeys(request.generationKwargs)
  return generationKwargs === request.generationKwargs ? request : { ...request, generationKwargs }
}

const fatal = (error: LLMError): LLMError => new LLMError({ ...error, fatal: true })

type Tell = (kind: LLMEvent["kind"], attempt: number, more?: Partial<LLMEvent>) => void

const diagnosisIn = (cause: Cause.Cause<Diagnosis>): Diagnosis => {
  const failure = Cause.squash(cause)
  return typeof failure === "object" && failure !== null && "reason" in failure
    ? (failure as Diagnosis)
    : { reason: "InvalidRequest", detail: String(failure) }
}
