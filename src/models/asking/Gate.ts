/**
 * Gates: what every attempt at a model passes, whichever step asks: its pace, its pauses, what it
 * can take at once, and whether it is there at all.
 */
import { hash } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Headers } from "../http/headerTime.ts"
import { Breaker, longestProbeMs } from "./Breaker.ts"
import { type ClosedGate, defaultGiveUpWhenPaused, isOver, type Stay } from "./ClosedGate.ts"
import { CongestionControl } from "./CongestionControl.ts"
import { CurrentDayLedger, DayLimits } from "./DayLimits.ts"
import type { Diagnosis } from "./Diagnosis.ts"
import { Line, type Look } from "./Line.ts"
import { busyMs, monotonicMs } from "./monotonic.ts"
import { Pace } from "./Pace.ts"
import type { Place } from "./Place.ts"
import { allowances } from "./rateLimitHeaders.ts"
import type { Restore } from "./Restore.ts"
import { type AnyPace, CurrentSharedLimits, type SharedGate } from "./SharedLimits.ts"

/** Limits that a user sets. */
export interface GivenLimits {
  readonly maxConcurrency?: number | undefined
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly requestsPerDay?: number | undefined
  readonly tokensPerDay?: number | undefined
  /** Seconds that a row may wait in all: no pause lasts longer. */
  readonly rowTimeout?: number | undefined
  readonly giveUpAfter?: number | undefined
}

/** A request that has passed. */
export interface Passed {
  readonly at: number
  /** How long the process had been at work by then. */
  readonly busyMs: number
  /** Tokens that were set aside for it. */
  readonly tokens: number
}

/**
 * Seconds of an allowance that may be used at once: few, since what is used at once comes on top of
 * the minute's.
 */
const requestBurst = 0.1
const tokenBurst = 1

/** How often a closed gate is looked at, and whoever watches is notified of it. */
const longestLookMs = 1000

export const defaultMaxConcurrency = 64

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
  #day: DayLimits | undefined
  /** Since when those of a day are used up. */
  #dayFullSince: number | undefined
  /** At most so many requests at once, of each process that is not idle. */
  #most = Infinity
  /** The same for all processes that share the gate; Infinity if none was set. */
  #mostOfAll = Infinity
  readonly #inFlight = (): number => this.#congestion.state.inFlight
  /** What the gate's limits are where other processes have it too. */
  readonly #shared: SharedGate | undefined
  /** Who waits to pass. */
  readonly #line: Line<Passed, ClosedGate>
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

  private constructor(clock: Clock.Clock, shared: SharedGate | undefined) {
    this.#line = new Line(clock)
    this.#clock = clock
    this.#shared = shared
    shared?.onPaused((ms, why) => this.#pausedElsewhere(ms, why))
    shared?.onChanged(() => this.#line.look())
  }

  /** A gate of this process, or its part of one that several have. */
  static make(shared?: SharedGate): Effect.Effect<Gate> {
    return Clock.clockWith((clock) => Effect.sync(() => new Gate(clock, shared)))
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
    return (
      this.#shared?.pace(kind, perSecond, () => this.#line.look()) ?? new Pace(perSecond, burst)
    )
  }

  /** How many requests may be in flight now. */
  get #mostNow(): number {
    if (this.#shared === undefined) return this.#most
    const own = this.#most === Infinity ? Infinity : this.#shared.withIdle(this.#most)
    return this.#mostOfAll === Infinity
      ? own
      : Math.min(own, this.#shared.atOnce(this.#mostOfAll, this.#inFlight))
  }

  /** A request is back: who waits looks, and so do other processes where the turn is theirs. */
  #back(): void {
    if (this.#mostOfAll !== Infinity) this.#shared?.atOnce(this.#mostOfAll, this.#inFlight)
    this.#line.look()
  }

  /** Another process met a pause of the same model. */
  #pausedElsewhere(ms: number, why: string): void {
    const now = this.now()
    const until = now + Math.min(ms, this.#longestPauseMs)
    if (until <= this.#congestion.state.pause.until) return
    this.#congestion.happened({ kind: "emptyUntil", time: until }, now)
    this.#pauseWhy = why
  }

  /** Sets limits of a day. */
  limitDays(day: DayLimits): void {
    this.#day ??= day
  }

  /** Writes down what was used of a day. */
  tellDay(): void {
    this.#day?.tell(this.#clock.currentTimeMillisUnsafe())
  }

  /** Milliseconds until the limits of a day let another request go. */
  #dayMs(now: number): number {
    const ms = this.#day?.wait(this.#clock.currentTimeMillisUnsafe()).ms ?? 0
    if (ms === 0) this.#dayFullSince = undefined
    else this.#dayFullSince ??= now
    return ms
  }

  #takeOfDay(requests: number, tokens: number): void {
    this.#day?.take(requests, tokens, this.#clock.currentTimeMillisUnsafe())
  }

  /** Why nobody asks now; undefined if one may. */
  closed(now: number): ClosedGate | undefined {
    const day = this.#day?.wait(this.#clock.currentTimeMillisUnsafe())
    if (day !== undefined && day.ms > 0)
      return {
        kind: "paused",
        why: day.why,
        isOwn: true,
        since: this.#dayFullSince ?? now,
        ms: day.ms
      }
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
    return this.#line.pass(
      restore,
      (waits) => this.#look(tokens, stay, waits ? onClosed : undefined),
      (passed) => this.left(passed, this.now())
    )
  }

  /** Lets a request go if it may, or says how long it has to wait at least. */
  #look(
    tokens: number,
    stay: Stay,
    onClosed: ((closed: ClosedGate) => void) | undefined
  ): Look<Passed, ClosedGate> {
    const now = this.now()
    const waitMs = Math.max(
      this.#congestion.state.inFlight >= this.#mostNow ? Infinity : 0,
      this.#breaker.waitMs(now),
      this.#congestion.waitMs(now),
      this.#requests.waitMs(now),
      this.#tokens.waitMs(now),
      this.#dayMs(now)
    )
    if (waitMs > 0) {
      const closed = this.closed(now)
      if (closed === undefined) return { kind: "wait", ms: waitMs }
      if (isOver(closed, stay, now)) return { kind: "left", why: closed }
      onClosed?.(closed)
      return { kind: "wait", ms: Math.min(waitMs, longestLookMs) }
    }
    this.#breaker.sent()
    this.#congestion.happened({ kind: "sent" }, now)
    this.#requests.take(1, now)
    this.#tokens.take(tokens, now)
    this.#takeOfDay(1, tokens)
    return { kind: "passed", passed: { at: now, busyMs: busyMs(), tokens } }
  }

  /**
   * The time by which the gate counts, in milliseconds; never set back. Whole ones: what goes in
   * the same is one burst, of which no request is later than another.
   */
  now(): number {
    return Math.floor(monotonicMs(this.#clock))
  }

  /** A request was answered with so many tokens in all, if that is known. */
  answered(passed: Passed, now: number, tokens: number | undefined): void {
    this.#congestion.happened({ kind: "back" }, now)
    this.#breaker.answered()
    // An answer waits while the process works: if that was most of the time, its latency says nothing of the model.
    const isLate = (busyMs() - passed.busyMs) * 2 > now - passed.at
    this.#congestion.happened({ kind: "answered", sentAt: passed.at, isLate }, now)
    this.#rejectedSince = undefined
    if (this.#cutUntil !== undefined && passed.at >= this.#cutUntil) {
      this.#headersAreWrong = true
      this.#cutUntil = undefined
      this.#congestion.happened({ kind: "notEmpty" }, now)
    }
    if (tokens !== undefined) {
      this.#tokens.take(tokens - passed.tokens, now)
      this.#takeOfDay(0, tokens - passed.tokens)
    }
    this.#back()
  }

  /** A request failed. */
  failed(passed: Passed, now: number, { reason, retryAfterMs, status }: Diagnosis): void {
    this.#congestion.happened({ kind: "back" }, now)
    this.#tokens.take(-passed.tokens, now)
    this.#takeOfDay(0, -passed.tokens)
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
    this.#back()
  }

  /** A request was left without an answer. */
  left(passed: Passed, now: number): void {
    this.#congestion.happened({ kind: "back" }, now)
    this.#breaker.left()
    this.#tokens.take(-passed.tokens, now)
    this.#takeOfDay(0, -passed.tokens)
    this.#back()
  }

  /** Heeds what a response says of the provider's limits. */
  readonly heed = (headers: Headers): void => {
    if (this.#headersAreWrong) return
    const found = allowances(headers, this.#clock.currentTimeMillisUnsafe())
    if (found.length === 0) return
    const now = this.now()
    for (const { header, remaining, resetMs } of found) {
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
): Effect.Effect<Gate, never, Scope.Scope> =>
  Effect.gen(function* () {
    const gates = yield* CurrentGates
    const shared = yield* CurrentSharedLimits
    const key = hash("sha256", [llm, baseUrl, model, ...secrets].join("\n"))
    const gate = gates?.get(key) ?? (yield* Gate.make(shared?.(key.slice(0, 16))))
    gates?.set(key, gate)
    gate.limit(limits)
    const { requestsPerDay = Infinity, tokensPerDay = Infinity } = limits
    if (requestsPerDay < Infinity || tokensPerDay < Infinity) {
      gate.limitDays(
        new DayLimits(
          key.slice(0, 16),
          { requests: requestsPerDay, tokens: tokensPerDay },
          yield* CurrentDayLedger
        )
      )
      yield* Effect.addFinalizer(() => Effect.sync(() => gate.tellDay()))
    }
    return gate
  })
