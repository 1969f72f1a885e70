/** Gates: what every attempt at a model passes, whichever step asks: its pace, its pauses, what it can take at once, and whether it is there at all. */
import { hash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Breaker } from "./Breaker.ts"
import { Congestion } from "./Congestion.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import { Pace } from "./Pace.ts"
import { allowances } from "./rateLimitHeaders.ts"
import type { Place } from "./Place.ts"
import { inTurn, makeTurns, type Restore, type Turns } from "./Turns.ts"

/** Limits that a user sets. */
export interface GivenLimits {
  readonly maxConcurrency?: number | undefined
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
}

/** A request that has passed. */
export interface Passed {
  readonly at: number
  /** Tokens that were set aside for it. */
  readonly tokens: number
}

/** Seconds of an allowance that may be used at once: few, since what is used at once comes on top of the minute's. */
const requestBurst = 0.1
const tokenBurst = 1

export const defaultMaxConcurrency = 64

/** How long one waits at most before looking again: what happens meanwhile may have changed it. */
const longestLookMs = 1000

export class Gate {
  readonly #congestion = new Congestion()
  readonly #breaker = new Breaker()
  #requests = new Pace(Infinity, requestBurst)
  #tokens = new Pace(Infinity, tokenBurst)
  /** At most so many requests at once. */
  #most = Infinity
  /** Who waits, one at a time: the first in line looks when it may go, the others wait behind it. */
  readonly #line: Turns
  /** Wakes the first in line. */
  #wake: (() => void) | undefined

  private constructor(line: Turns) {
    this.#line = line
  }

  static make: Effect.Effect<Gate> = Effect.map(makeTurns(1), (line) => new Gate(line))

  /** Sets limits; of several the smallest holds. */
  limit({ maxConcurrency = defaultMaxConcurrency, requestsPerMinute = Infinity, tokensPerMinute = Infinity }: GivenLimits): void {
    this.#most = Math.min(this.#most, maxConcurrency)
    if (requestsPerMinute / 60 < this.#requests.perSecond) this.#requests = new Pace(requestsPerMinute / 60, requestBurst)
    if (tokensPerMinute / 60 < this.#tokens.perSecond) this.#tokens = new Pace(tokensPerMinute / 60, tokenBurst)
  }

  /** Since when the provider is down, in milliseconds since 1970; undefined if it is not. */
  get downSince(): number | undefined {
    return this.#breaker.downSince
  }

  /** Why nobody asks now, and for how many milliseconds; undefined if one may. */
  pause(now: number): { readonly reason: "RateLimited" | "Down"; readonly ms: number } | undefined {
    if (this.#breaker.downSince !== undefined) return { reason: "Down", ms: Math.min(this.#breaker.waitMs(now), 30_000) }
    const ms = this.#congestion.pausedUntil - now
    return ms > 0 ? { reason: "RateLimited", ms } : undefined
  }

  /** Waits until a request of about so many tokens may go. Only the wait may be interrupted: what has passed is counted. */
  pass(tokens: number, restore: Restore): Effect.Effect<Passed> {
    return inTurn(this.#line, restore, Effect.suspend(() => this.#look(tokens, restore)))
  }

  #look(tokens: number, restore: Restore): Effect.Effect<Passed> {
    return Clock.clockWith((clock) => {
      const now = clock.currentTimeMillisUnsafe()
      const fullMs = this.#congestion.inFlight >= this.#most ? Infinity : 0
      const waitMs = Math.max(fullMs, this.#breaker.waitMs(now), this.#congestion.waitMs(now), this.#requests.waitMs(now), this.#tokens.waitMs(now))
      if (waitMs > 0) return Effect.andThen(restore(this.#waiting(waitMs)), this.#look(tokens, restore))
      this.#breaker.sent()
      this.#congestion.sent(now)
      this.#requests.take(1, now)
      this.#tokens.take(tokens, now)
      return Effect.succeed({ at: now, tokens })
    })
  }

  #waiting(ms: number): Effect.Effect<void> {
    return Effect.raceFirst(
      Effect.sleep(Math.min(ms, longestLookMs)),
      Effect.callback<void>((resume) => {
        this.#wake = () => resume(Effect.void)
      })
    )
  }

  /** A request was answered with so many tokens in all, if that is known. */
  answered(passed: Passed, now: number, tokens: number | undefined): void {
    this.#back()
    this.#breaker.answered()
    this.#congestion.answered(passed.at, now)
    if (tokens !== undefined) this.#tokens.take(tokens - passed.tokens, now)
  }

  /** A request failed. */
  failed(passed: Passed, now: number, { reason, retryAfterMs, status }: Diagnosis): void {
    this.#back()
    this.#tokens.take(-passed.tokens, now)
    const overloaded = status === 503 || status === 529
    if (reason === "RateLimited" || overloaded) this.#congestion.rejected(passed.at, now, retryAfterMs)
    if (reason === "ConnectionFailed" || reason === "ServerError" || reason === "TimedOut") this.#breaker.failed(now)
    else this.#breaker.answered()
  }

  /** A request was left without an answer. */
  left(passed: Passed, now: number): void {
    this.#back()
    this.#breaker.left()
    this.#tokens.take(-passed.tokens, now)
  }

  /** Heeds what a response says of the provider's limits. */
  readonly heed = (headers: Readonly<Record<string, string | Array<string> | undefined>>): void => {
    const now = Date.now()
    for (const { remaining, resetMs } of allowances(headers, now)) if (remaining < 1) this.#congestion.emptyUntil(now + resetMs, now)
  }

  #back(): void {
    this.#congestion.back()
    this.#wake?.()
  }
}

/** The gates of a run by what they lead to, so that all steps that ask the same model there pass the same one. Outside of runs each client has its own. */
export const CurrentGates = Context.Reference<Map<string, Gate> | undefined>("distilabel-ts/llms/Gates", { defaultValue: () => undefined })

/** The gate to a model at its place, for those credentials, with the limits that are given for it. */
export const gateTo = ({ baseUrl, llm, model, secrets }: Place, limits: GivenLimits): Effect.Effect<Gate> =>
  Effect.gen(function*() {
    const gates = yield* CurrentGates
    const key = hash("sha256", [llm, baseUrl, model, ...secrets].join("\n"))
    const gate = gates?.get(key) ?? (yield* Gate.make)
    gates?.set(key, gate)
    gate.limit(limits)
    return gate
  })
