/**
 * Congestion: how many requests a model takes at once and in a second, learned from what it
 * rejects. A state and the events that change it; nothing here waits or counts by itself.
 *
 * A few rejections among answers say little: their rows wait, and a learned pace is eased. Many
 * without an answer between them, or a great share over a while, mean that the model is congested:
 * it is paused for the time that it named, unless a later request is answered before. Rejections
 * that come whatever the pace (`Background`) count for neither. After a pause the pace is what the
 * model took before, and grows again slowly; if it took nothing, the pace begins at one request a
 * second and doubles until it is too much. Times are milliseconds of one monotonic clock.
 *
 * The window follows additive increase, multiplicative decrease (Chiu and Jain, 1989; RFC 5681),
 * and shrinks when latency doubles, which shows a queue (as in TCP Vegas). The numbers were chosen
 * with `npm run bench -- storm`, `saturation` and `faults`, which hold them.
 */
import {
  type Background,
  backgroundShare,
  isFarBelow,
  noBackground,
  unlikelyRun,
  withRequest,
  withTaken
} from "./background.ts"
import { type Latency, noLatency, showsQueue, usualMs, withAnswer } from "./Latency.ts"

/** Nothing limits the pace as long as nothing was rejected. */
interface Unlimited {
  readonly kind: "unlimited"
  readonly perSecond: number
}

/** The pace is a guess that grows fast until a rejection ends the search. */
interface Searching {
  readonly kind: "searching"
  readonly perSecond: number
  readonly search: Search
}

/** The pace was measured, and grows slowly. */
interface Steady {
  readonly kind: "steady"
  readonly perSecond: number
}

/** What is known of the pace. */
type Pace = Unlimited | Searching | Steady

/** How fast a guess grows in a second, and what part of it is kept when it was too much. */
interface Search {
  readonly growth: number
  readonly kept: number
}

/**
 * Why nothing is sent: the model said that its allowance is used up (`announced`), or rejected so
 * much that it seems congested (`suspected`), which is confirmed when the pause ends without an
 * answer to a request that was sent after the first rejection.
 */
interface Pause {
  readonly kind: "open" | "announced" | "suspected"
  readonly until: number
}

/** Requests and answers of a stretch of time, from which the pace is measured. */
interface Measurement {
  readonly answers: number
  readonly since: number | undefined
}

export interface Congestion {
  readonly pace: Pace
  readonly pause: Pause
  /** The most requests at once. */
  readonly window: number
  readonly inFlight: number
  /** Rejections since the last answer, and when the first rejected request was sent. */
  readonly rejections: number
  readonly rejectedFrom: number
  /** Pauses one after the other without an answer. */
  readonly pauses: number
  readonly measurement: Measurement
  /** The share of requests that are rejected, as a moving average. */
  readonly rejectedShare: number
  /** The pace that was measured last, and the one that was too much last. */
  readonly measured: number
  readonly ceiling: number
  readonly background: Background
  readonly latency: Latency
  readonly easedAt: number
  readonly grownAt: number
  readonly shrunkAt: number
}

export type CongestionEvent =
  | { readonly kind: "sent" }
  /** A request came back, with whatever result. */
  | { readonly kind: "back" }
  /** `isLate`: it may have come earlier, while the process was busy with other work. */
  | { readonly kind: "answered"; readonly sentAt: number; readonly isLate?: boolean }
  /** A request was rejected because there were too many; a pause lasts `longestMs` at most. */
  | {
      readonly kind: "rejected"
      readonly sentAt: number
      readonly retryAfterMs: number | undefined
      readonly longestMs: number
    }
  /** The model says that its allowance is used up until then. */
  | { readonly kind: "emptyUntil"; readonly time: number }
  /** The model answers although it said that its allowance is used up. */
  | { readonly kind: "notEmpty" }
  /** Time has passed. */
  | { readonly kind: "tick" }

export const uncongested: Congestion = {
  pace: { kind: "unlimited", perSecond: Infinity },
  pause: { kind: "open", until: 0 },
  window: Infinity,
  inFlight: 0,
  rejections: 0,
  rejectedFrom: 0,
  pauses: 0,
  measurement: { answers: 0, since: undefined },
  rejectedShare: 0,
  measured: Infinity,
  ceiling: 0,
  background: noBackground,
  latency: noLatency,
  easedAt: 0,
  grownAt: 0,
  shrunkAt: 0
}

/** The state after an event. */
export const next = (state: Congestion, event: CongestionEvent, now: number): Congestion => {
  switch (event.kind) {
    case "sent":
      return {
        ...state,
        inFlight: state.inFlight + 1,
        measurement: { ...state.measurement, since: state.measurement.since ?? now }
      }
    case "back":
      return { ...state, inFlight: state.inFlight - 1 }
    case "answered":
      return answered(state, event, now)
    case "rejected":
      return rejected(state, event, now)
    case "emptyUntil":
      return event.time > state.pause.until && event.time > now
        ? {
            ...state,
            pause: {
              kind: state.pause.kind === "suspected" ? "suspected" : "announced",
              until: event.time
            }
          }
        : state
    case "notEmpty":
      return state.pause.kind === "suspected" ? state : { ...state, pause: open }
    case "tick":
      return ticked(state, now)
  }
}

const open: Pause = { kind: "open", until: 0 }

/** Whether another request must wait until one comes back. */
export const isFull = ({ inFlight, window }: Congestion): boolean =>
  inFlight >= Math.max(1, Math.floor(window))

/** Requests over which the share of rejections is averaged. */
const shareWeight = 1 / 200

const answered = (
  state: Congestion,
  { isLate = false, sentAt }: { readonly sentAt: number; readonly isLate?: boolean },
  now: number
): Congestion => {
  const outlived = state.rejections > 0 && sentAt > state.rejectedFrom
  const after: Congestion = {
    ...state,
    measurement: { ...state.measurement, answers: state.measurement.answers + 1 },
    rejectedShare: state.rejectedShare - state.rejectedShare * shareWeight,
    background: withRequest(state.background, state.pace.perSecond, false),
    window: state.window === Infinity ? Infinity : state.window + 1 / state.window,
    pause: outlived ? open : state.pause,
    rejections: 0,
    pauses: 0
  }
  return isLate ? after : withLatency(after, now - sentAt, now)
}

/** Pauses after rejections that name no time: the first, doubled each time. */
const firstPauseMs = 500
const longestPauseMs = 60_000

/** A named wait of this length is no accident: one rejection is enough. */
const longWaitMs = 5000

/**
 * Rejections without an answer between them that count as congestion: this many, and one more for
 * every few requests in flight.
 */
const fewestRejections = 2
const inFlightPerRejection = 8

/** A share of rejections above the background that counts as congestion. */
const greatShare = 0.12
/** With fewer answers a share means nothing. */
const fewestAnswers = 20

const rejected = (
  before: Congestion,
  {
    longestMs,
    retryAfterMs,
    sentAt
  }: { sentAt: number; retryAfterMs: number | undefined; longestMs: number },
  now: number
): Congestion => {
  const namesLongWait = retryAfterMs !== undefined && retryAfterMs >= longWaitMs
  const state: Congestion = {
    ...before,
    rejections: before.rejections + 1,
    // A model that names a long wait means it: an answer to a request that was in flight then does not disprove it.
    rejectedFrom: namesLongWait ? now : before.rejections === 0 ? sentAt : before.rejectedFrom,
    rejectedShare: before.rejectedShare + (1 - before.rejectedShare) * shareWeight,
    background: withRequest(before.background, before.pace.perSecond, true)
  }
  const waitMs = retryAfterMs ?? Math.min(firstPauseMs * 2 ** state.pauses, longestPauseMs)
  const many =
    Math.max(fewestRejections, unlikelyRun(state.background)) +
    state.inFlight / inFlightPerRejection
  if (state.rejections >= many || waitMs >= longWaitMs) {
    const until = Math.max(state.pause.until, now + Math.min(waitMs, longestMs))
    return { ...state, pause: { kind: "suspected", until } }
  }
  const usual = backgroundShare(state.background)
  if (state.rejectedShare > usual + greatShare && state.measurement.answers >= fewestAnswers)
    return confirmed({ ...state, rejectedShare: 0 }, now)
  return state.pace.kind === "searching"
    ? foundPace(state, state.pace, now)
    : eased(state, usual, now)
}

/** The search went too far: its pace was too much. */
const foundPace = (
  state: Congestion,
  { perSecond, search }: Searching,
  now: number
): Congestion => {
  const found = perSecond * search.kept
  return {
    ...state,
    ceiling: perSecond,
    pace: { kind: "steady", perSecond: found },
    measured: found,
    grownAt: now
  }
}

/** A steady pace gives way a little, at most once a second, and not far below what was measured. */
const easedBy = 0.99
const easedAtMost = 0.8
const easesEveryMs = 1000

const eased = (state: Congestion, usual: number, now: number): Congestion => {
  const { perSecond } = state.pace
  const may =
    usual === 0 &&
    state.pace.kind === "steady" &&
    perSecond > state.measured * easedAtMost &&
    now - state.easedAt > easesEveryMs
  return may
    ? {
        ...state,
        easedAt: now,
        ceiling: perSecond,
        pace: { kind: "steady", perSecond: perSecond * easedBy }
      }
    : state
}

/** After a pause the pace is this part of what was measured. */
const belowMeasured = 0.98
/** A pace that was measured for this long needs no search. */
const measuredLongMs = 5000
/** From nothing, and from the little that a burst of answers tells. */
const blindSearch: Search = { growth: 2, kept: 0.6 }
const nearSearch: Search = { growth: 1.15, kept: 0.93 }
/** What congestion leaves of the window. */
const windowKept = 0.75

/** Nothing spoke against the congestion: the model takes no more than it took. */
const confirmed = (state: Congestion, now: number): Congestion => {
  const { answers, since } = state.measurement
  const seconds = Math.max(0.001, (now - (since ?? now)) / 1000)
  const measured = answers / seconds
  const { perSecond } = state.pace
  const pace =
    measured === 0
      ? perSecond === Infinity
        ? 1
        : Math.max(perSecond / 2, 0.01)
      : Math.min(perSecond, measured * belowMeasured)
  const search =
    measured === 0 ? blindSearch : seconds * 1000 < measuredLongMs ? nearSearch : undefined
  const inUse = Math.max(1, state.inFlight, answers)
  return {
    ...state,
    pause: { ...state.pause, kind: "open" },
    pauses: state.pauses + 1,
    rejections: 0,
    background: withTaken(state.background, measured),
    ceiling: perSecond === Infinity ? 0 : perSecond,
    pace:
      search === undefined
        ? { kind: "steady", perSecond: pace }
        : { kind: "searching", perSecond: pace, search },
    measured: pace,
    window: Math.max(1, Math.min(state.window, inUse) * windowKept),
    measurement: { answers: 0, since: now },
    grownAt: now,
    easedAt: now
  }
}

/** Growth in a second: near the pace that was too much, and after a quiet time. */
const growth = 1.005
const quickGrowth = 1.02
const quietMs = 30_000
/** Well below the pace that was too much, the pace is soon back. */
const recovery = 1.05
const nearCeiling = 0.97

const growsEveryMs = 1000
const longestGrowthSeconds = 5

const ticked = (state: Congestion, now: number): Congestion => {
  if (state.pause.until > now) return state
  const awake = state.pause.kind === "suspected" ? confirmed(state, now) : state
  if (isFull(awake) || awake.pace.kind === "unlimited" || now - awake.grownAt < growsEveryMs)
    return awake
  const seconds = Math.min(longestGrowthSeconds, (now - awake.grownAt) / 1000)
  const perSecond = awake.pace.perSecond * growthOf(awake, now) ** seconds
  return { ...awake, grownAt: now, pace: { ...awake.pace, perSecond } }
}

const growthOf = ({ background, ceiling, easedAt, measurement, pace }: Congestion, now: number) => {
  if (backgroundShare(background) > 0 && isFarBelow(background, pace.perSecond))
    return nearSearch.growth
  // Without an answer since it began, a search would only run ahead.
  if (pace.kind === "searching") return measurement.answers === 0 ? 1 : pace.search.growth
  if (pace.perSecond < ceiling * nearCeiling) return recovery
  return now - easedAt > quietMs ? quickGrowth : growth
}

/** Fewer requests at once are no queue. */
const smallestWindow = 4
const shrinksBy = 0.9

const withLatency = (state: Congestion, latencyMs: number, now: number): Congestion => {
  const latency = withAnswer(state.latency, latencyMs, state.inFlight + 1)
  // What is in flight was sent before the window shrank: it takes two latencies to see the effect.
  const settled = now - state.shrunkAt >= usualMs(latency) * 2
  return showsQueue(latency) && latency.most >= smallestWindow && settled
    ? {
        ...state,
        latency,
        shrunkAt: now,
        window: Math.max(smallestWindow, Math.min(state.window, latency.most) * shrinksBy)
      }
    : { ...state, latency }
}
