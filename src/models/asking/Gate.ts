/**
 * Gates: what every attempt at a model passes, whichever step asks: its pace, its pauses, what it
 * can take at once, and whether it is there at all.
 */
import { hash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Headers } from "../http/headerTime.ts"
import { Breaker, longestProbeMs } from "./Breaker.ts"
import { type ClosedGate, defaultGiveUpWhenPaused, isOver, type Stay } from "./ClosedGate.ts"
import { CongestionControl } from "./CongestionControl.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import { monotonicMs } from "./monotonic.ts"
import { Pace } from "./Pace.ts"
import type { Place } from "./Place.ts"
import { allowances } from "./rateLimitHeaders.ts"
import { type AnyPace, CurrentSharedLimits, type SharedGate } from "./SharedLimits.ts"
import { inTurn, makeTurns, type Restore, type Turns } from "./Turns.ts"

/** Limits that a user sets. */
export interface GivenLimits {
  readonly maxConcurrency?: number | undefined
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  /** Seconds that a row may wait in all: no pause lasts longer. */
  readonly rowTimeout?: number | undefined
  readonly giveUpAfter?: number | undefined
}

/** A request that has passed. */
export interface Passed {
  readonly at: number
  /** Tokens that were set aside for it. */
  readonly tokens: number
}

/**
 * Seconds of an allowance that may be used at once: few, since what is used at once comes on top of
 * the minute's.
 */
const requestBurst = 0.1
const tokenBurst = 1

export const defaultMaxConcurrency = 64

/** How long one waits at most before looking again: what happens meanwhile may have changed it. */
const longestLookMs = 1000

/**
 * An allowance that is said to be used up is no rejection: after at most so long one request finds
 * out.
 */
const longestEmptyMs = 60_000

export class Gate {
  readonly #congestion = new CongestionControl()
  readonly #breaker = new Breaker()
  #requests: AnyPace = new Pace(Infinity, requestBurst)
  #tokens: AnyPace = new Pace(Infinity, tokenBurst)
  /** At most so many requests at once, of this process alone. */
  #most = Infinity
  /** The same for all processes that share the gate; Infinity if none was set. */
  #mostOfAll = Infinity
  /** What the gate's limits are where other processes have it too. */
  readonly #shared: SharedGate | undefined
  /** Who waits, one at a time: the first in line looks when it may go, the others wait behind it. */
  readonly #line: Turns
  /** Wakes the first in line. */
  #wake: (() => void) | undefined
  readonly #clock: Clock.Clock
  /** A pause that a provider names lasts no longer than a row may wait. */
  #longestPauseMs = defaultGiveUpWhenPaused * 1000
  /** What began the pause. */
  #pauseWhy = ""
  /** Since when pauses follow each other without an answer. */
  #rejectedSince: number | undefined
  /** Until when a pause for an empty allowance lasts that was cut short. */
  #cutUntil: number | undefined
  /** Whether the model answers although its headers say that nothing is left. */
  #headersAreWrong = false

  private constructor(line: Turns, clock: Clock.Clock, shared: SharedGate | undefined) {
    this.#line = line
    this.#clock = clock
    this.#shared = shared
    shared?.onPaused((ms, why) => this.#pausedElsewhere(ms, why))
    shared?.onChanged(() => this.#wake?.())
  }

  /** A gate of this process, or its part of one that several have. */
  static make(shared?: SharedGate): Effect.Effect<Gate> {
    return Clock.clockWith((clock) =>
      Effect.map(makeTurns(1), (line) => new Gate(line, clock, shared))
    )
  }

  /** Sets limits; of several the smallest holds. */
  limit({
    giveUpAfter = Infinity,
    maxConcurrency,
    requestsPerMinute = Infinity,
    rowTimeout = Infinity,
    tokensPerMinute = Infinity
  }: GivenLimits): void {
    if (this.#shared === undefined || maxConcurrency === undefined)
      this.#most = Math.min(this.#most, maxConcurrency ?? defaultMaxConcurrency)
    else this.#mostOfAll = Math.min(this.#mostOfAll, maxConcurrency)
    this.#longestPauseMs = Math.min(this.#longestPauseMs, giveUpAfter * 1000, rowTimeout * 1000)
    if (requestsPerMinute / 60 < this.#requests.perSecond)
      this.#requests = this.#pace("requests", requestsPerMinute / 60, requestBurst)
    if (tokensPerMinute / 60 < this.#tokens.perSecond)
      this.#tokens = this.#pace("tokens", tokensPerMinute / 60, tokenBurst)
  }

  #pace(kind: "requests" | "tokens", perSecond: number, burst: number): AnyPace {
    return this.#shared?.pace(kind, perSecond, () => this.#wake?.()) ?? new Pace(perSecond, burst)
  }

  /** How many requests may be in flight now. */
  get #mostNow(): number {
    return this.#shared === undefined || this.#mostOfAll === Infinity
      ? this.#most
      : Math.min(this.#most, this.#shared.shareOf(this.#mostOfAll))
  }

  /** Another process met a pause of the same model. */
  #pausedElsewhere(ms: number, why: string): void {
    const now = this.now()
    const until = now + Math.min(ms, this.#longestPauseMs)
    if (until <= this.#congestion.state.pause.until) return
    this.#congestion.happened({ kind: "emptyUntil", time: until }, now)
    this.#pauseWhy = why
  }

  /** Why nobody asks now; undefined if one may. */
  closed(now: number): ClosedGate | undefined {
    const { downSince } = this.#breaker
    if (downSince !== undefined)
      return {
        kind: "down",
        why: "down",
        since: downSince,
        ms: Math.min(this.#breaker.waitMs(now), longestProbeMs)
      }
    const ms = this.#congestion.state.pause.until - now
    return ms > 0
      ? { kind: "paused", why: this.#pauseWhy, since: this.#rejectedSince ?? now, ms }
      : undefined
  }

  /**
   * Since when every request has been rejected or has failed, and how; undefined if the last one
   * was answered.
   */
  unanswered(now: number): ClosedGate | undefined {
    return (
      this.closed(now) ??
      (this.#rejectedSince === undefined
        ? undefined
        : { kind: "paused", why: this.#pauseWhy, since: this.#rejectedSince, ms: 0 })
    )
  }

  /**
   * Waits until a request of about so many tokens may go; fails with the reason if the gate stays
   * closed for longer than one stays. `onClosed` is notified about once a second while the gate is
   * closed. Only the wait may be interrupted: what has passed is counted.
   */
  pass(
    tokens: number,
    restore: Restore,
    stay: Stay,
    onClosed: (closed: ClosedGate) => void
  ): Effect.Effect<Passed, ClosedGate> {
    return inTurn(
      this.#line,
      restore,
      Effect.suspend(() => this.#look(tokens, restore, stay, onClosed))
    )
  }

  #look(
    tokens: number,
    restore: Restore,
    stay: Stay,
    onClosed: (closed: ClosedGate) => void
  ): Effect.Effect<Passed, ClosedGate> {
    return Effect.suspend(() => {
      const now = this.now()
      const fullMs = this.#congestion.state.inFlight >= this.#mostNow ? Infinity : 0
      const waitMs = Math.max(
        fullMs,
        this.#breaker.waitMs(now),
        this.#congestion.waitMs(now),
        this.#requests.waitMs(now),
        this.#tokens.waitMs(now)
      )
      if (waitMs > 0) {
        const closed = this.closed(now)
        if (closed !== undefined) {
          if (isOver(closed, stay, now)) return Effect.fail(closed)
          onClosed(closed)
        }
        return Effect.andThen(
          restore(this.#waiting(waitMs)),
          this.#look(tokens, restore, stay, onClosed)
        )
      }
      this.#breaker.sent()
      this.#congestion.happened({ kind: "sent" }, now)
      this.#requests.take(1, now)
      this.#tokens.take(tokens, now)
      return Effect.succeed({ at: now, tokens })
    })
  }

  /**
   * The time by which the gate counts, in milliseconds; never set back. Whole ones: what goes in
   * the same is one burst, of which no request is later than another.
   */
  now(): number {
    return Math.floor(monotonicMs(this.#clock))
  }

  #waiting(ms: number): Effect.Effect<void> {
    return Effect.raceFirst(
      // Timers know no less than a millisecond.
      Effect.sleep(Math.max(1, Math.min(ms, longestLookMs))),
      Effect.callback<void>((resume) => {
        this.#wake = () => resume(Effect.void)
      })
    )
  }

  /** A request was answered with so many tokens in all, if that is known. */
  answered(passed: Passed, now: number, tokens: number | undefined): void {
    this.#congestion.happened({ kind: "back" }, now)
    this.#breaker.answered()
    this.#congestion.happened({ kind: "answered", sentAt: passed.at }, now)
    this.#rejectedSince = undefined
    if (this.#cutUntil !== undefined && passed.at >= this.#cutUntil) {
      this.#headersAreWrong = true
      this.#cutUntil = undefined
      this.#congestion.happened({ kind: "notEmpty" }, now)
    }
    if (tokens !== undefined) this.#tokens.take(tokens - passed.tokens, now)
    this.#wake?.()
  }

  /** A request failed. */
  failed(passed: Passed, now: number, { reason, retryAfterMs, status }: Diagnosis): void {
    this.#congestion.happened({ kind: "back" }, now)
    this.#tokens.take(-passed.tokens, now)
    const overloaded = status === 503 || status === 529
    if (reason === "RateLimited" || overloaded) {
      this.#cutUntil = undefined
      const before = this.#congestion.state.pause.until
      this.#congestion.happened(
        {
          kind: "rejected",
          sentAt: passed.at,
          retryAfterMs,
          longestMs: this.#longestPauseMs
        },
        now
      )
      if (this.#congestion.state.pause.until > Math.max(before, now)) {
        this.#pauseWhy = `${status ?? "rate limit"}${retryAfterMs === undefined ? "" : ", Retry-After"}`
        this.#rejectedSince ??= now
        this.#shared?.paused(this.#congestion.state.pause.until - now, this.#pauseWhy)
      }
    }
    if (reason === "ConnectionFailed" || reason === "ServerError" || reason === "TimedOut")
      this.#breaker.failed(now)
    else this.#breaker.answered()
    // Only now: who is woken earlier finds the gate open.
    this.#wake?.()
  }

  /** A request was left without an answer. */
  left(passed: Passed, now: number): void {
    this.#congestion.happened({ kind: "back" }, now)
    this.#breaker.left()
    this.#tokens.take(-passed.tokens, now)
    this.#wake?.()
  }

  /** Heeds what a response says of the provider's limits. */
  readonly heed = (headers: Headers): void => {
    if (this.#headersAreWrong) return
    const now = this.now()
    for (const { header, remaining, resetMs } of allowances(
      headers,
      this.#clock.currentTimeMillisUnsafe()
    )) {
      if (remaining >= 1 || resetMs <= 0) continue
      const ms = Math.min(resetMs, longestEmptyMs, this.#longestPauseMs)
      if (now + ms <= this.#congestion.state.pause.until) continue
      this.#congestion.happened({ kind: "emptyUntil", time: now + ms }, now)
      this.#pauseWhy = header
      this.#shared?.paused(ms, header)
      if (ms < resetMs) this.#cutUntil ??= now + ms
    }
  }
}

/**
 * The gates of a run by what they lead to, so that all steps that ask the same model there pass the
 * same one. Outside of runs each client has its own.
 */
export const CurrentGates = Context.Reference<Map<string, Gate> | undefined>(
  "distilabel-ts/llms/Gates",
  { defaultValue: () => undefined }
)

/** The gate to a model at its place, for those credentials, with the limits that are given for it. */
export const gateTo = (
  { baseUrl, llm, model, secrets }: Place,
  limits: GivenLimits
): Effect.Effect<Gate> =>
  Effect.gen(function* () {
    const gates = yield* CurrentGates
    const shared = yield* CurrentSharedLimits
    const key = hash("sha256", [llm, baseUrl, model, ...secrets].join("\n"))
    const gate = gates?.get(key) ?? (yield* Gate.make(shared?.(key.slice(0, 16))))
    gates?.set(key, gate)
    gate.limit(limits)
    return gate
  })
