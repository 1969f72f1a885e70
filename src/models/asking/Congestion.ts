/**
 * Congestion: how much a model may be asked at once and in a second, learned from what it rejects.
 *
 * Rejections among answers say little: the rows that got them wait, and a pace that was learned is
 * eased. Many without an answer between them, or a great share over a while, mean that the model
 * has no place: nobody asks until the time it named is over, unless an answer to a later request
 * comes first. Rejections that come whatever the pace (`Background`) count for neither. Then the
 * pace is what it took so far, and grows again slowly; if it took nothing, the pace begins at one
 * in a second and doubles until it is too much. Times are milliseconds, and given by the caller.
 */
import { Background } from "./Background.ts"
import { Pace } from "./Pace.ts"

/** Waits after rejections that name none: the first, doubled each time. */
const firstPauseMs = 500
const longestPauseMs = 60_000

/**
 * Rejections without an answer between them that count as congestion: so many, and one more for
 * each so many requests in flight.
 */
const fewest = 2
const inFlightForOne = 8

/**
 * A share of rejections beyond the background that counts as congestion, and over about how many
 * requests it is taken.
 */
const greatShare = 0.12
const shareSpan = 1 / 200
/** Fewer answers say nothing of a pace. */
const fewestAnswers = 20

/** A wait that is so long is no accident: one rejection is enough. */
const longWaitMs = 5000

/** Of the pace that was measured, so much is asked for. */
const below = 0.98
const eased = 0.99
const easedAtMost = 0.8
const growth = 1.005
/** Below the pace that was too much the last time one is back soon. */
const recovery = 1.05
const nearCeiling = 0.97
const quickGrowth = 1.02
/**
 * Searches for a pace: from nothing, and from the little that a burst of answers tells. The first
 * rejection ends them.
 */
interface Search {
  readonly growth: number
  readonly loss: number
}
const blind: Search = { growth: 2, loss: 0.6 }
const near: Search = { growth: 1.15, loss: 0.93 }
/** A pace that was measured for so long needs no search. */
const measuredMs = 5000
const quietMs = 30_000

/** Latency that has doubled over many answers means that requests queue up at the model. */
const shortSpan = 1 / 100
const longSpan = 1 / 2000
const slower = Math.LN2

export class Congestion {
  /** At most so many requests at once. */
  #window = Infinity
  readonly #pace = new Pace(Infinity, 0.1)
  #inFlight = 0
  #pausedUntil = 0
  /** Whether the pause will count as congestion once it is over. */
  #unconfirmed = false
  /** Rejections since the last answer, and when the first of them was asked. */
  #rejections = 0
  #rejectedFrom = 0
  /** Pauses one after the other without an answer. */
  #pauses = 0
  /** Answers since the measurement began. */
  #answers = 0
  #since: number | undefined
  #share = 0
  /** The pace that was last measured. */
  #measured = Infinity
  /** The pace that was too much the last time. */
  #ceiling = 0
  readonly #background = new Background()
  /** How the pace grows as long as it is a guess. */
  #search: Search | undefined
  #lastEased = 0
  #lastGrown = 0
  #lastShrunk = 0
  #short: number | undefined
  #long: number | undefined

  /** Milliseconds until another request may go; Infinity until one comes back. */
  waitMs(now: number): number {
    if (this.#pausedUntil > now) return this.#pausedUntil - now
    if (this.#unconfirmed) this.#confirm(now)
    if (this.#inFlight >= Math.max(1, Math.floor(this.#window))) return Infinity
    this.#grow(now)
    return this.#pace.waitMs(now)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get window(): number {
    return this.#window
  }

  get perSecond(): number {
    return this.#pace.perSecond
  }

  /** Until when nobody asks. */
  get pausedUntil(): number {
    return this.#pausedUntil
  }

  /** A request goes. */
  sent(now: number): void {
    this.#since ??= now
    this.#inFlight++
    this.#pace.take(1, now)
  }

  /** A request came back, whatever it brought. */
  back(): void {
    this.#inFlight--
  }

  /** A request that went at `sentAt` was answered. */
  answered(sentAt: number, now: number): void {
    this.#answers++
    this.#share -= this.#share * shareSpan
    this.#background.count(this.#pace.perSecond, false)
    if (this.#window !== Infinity) this.#window += 1 / this.#window
    if (this.#rejections > 0 && sentAt > this.#rejectedFrom) {
      this.#pausedUntil = 0
      this.#unconfirmed = false
    }
    this.#rejections = 0
    this.#pauses = 0
    this.#observe(now - sentAt, now)
  }

  /**
   * A request that went at `sentAt` was rejected for want of place; no pause is to last longer than
   * `longestMs`.
   */
  rejected(
    sentAt: number,
    now: number,
    retryAfterMs: number | undefined,
    longestMs = Infinity
  ): void {
    if (this.#rejections++ === 0) this.#rejectedFrom = sentAt
    // Who names a long wait means it: what was under way by then and is answered says nothing against it.
    if (retryAfterMs !== undefined && retryAfterMs >= longWaitMs) this.#rejectedFrom = now
    const wantedMs = retryAfterMs ?? Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs)
    this.#share += (1 - this.#share) * shareSpan
    this.#background.count(this.#pace.perSecond, true)
    const usual = this.#background.share
    if (
      this.#rejections >=
        Math.max(fewest, this.#background.run) + this.#inFlight / inFlightForOne ||
      wantedMs >= longWaitMs
    ) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.min(wantedMs, longestMs))
      this.#unconfirmed = true
    } else if (this.#share > usual + greatShare && this.#answers >= fewestAnswers) {
      this.#share = 0
      this.#confirm(now)
    } else if (this.#search !== undefined) {
      this.#ceiling = this.#pace.perSecond
      this.#pace.change(this.#ceiling * this.#search.loss, now)
      this.#search = undefined
      this.#measured = this.#pace.perSecond
      this.#lastGrown = now
    } else if (
      usual === 0 &&
      this.#pace.perSecond !== Infinity &&
      this.#pace.perSecond > this.#measured * easedAtMost &&
      now - this.#lastEased > 1000
    ) {
      this.#lastEased = now
      this.#ceiling = this.#pace.perSecond
      this.#pace.change(this.#ceiling * eased, now)
    }
  }

  /** The model says that nothing is left until then. */
  emptyUntil(time: number, now: number): void {
    if (time > this.#pausedUntil && time > now) this.#pausedUntil = time
  }

  /** The model answers although it said that nothing is left. */
  notEmpty(): void {
    if (!this.#unconfirmed) this.#pausedUntil = 0
  }

  /** The pause is over and nothing spoke against it: the model takes no more than it took. */
  #confirm(now: number): void {
    this.#unconfirmed = false
    this.#pauses++
    this.#rejections = 0
    const seconds = Math.max(0.001, (now - (this.#since ?? now)) / 1000)
    const measured = this.#answers / seconds
    this.#background.took(measured)
    const pace = this.#pace.perSecond
    this.#ceiling = pace === Infinity ? 0 : pace
    this.#search = measured === 0 ? blind : seconds * 1000 < measuredMs ? near : undefined
    this.#pace.change(
      measured === 0
        ? pace === Infinity
          ? 1
          : Math.max(pace / 2, 0.01)
        : Math.min(pace, measured * below),
      now
    )
    this.#measured = this.#pace.perSecond
    this.#window = Math.max(
      1,
      Math.min(this.#window, Math.max(1, this.#inFlight, this.#answers)) * 0.75
    )
    this.#answers = 0
    this.#since = now
    this.#lastGrown = now
    this.#lastEased = now
  }

  #grow(now: number): void {
    if (this.#pace.perSecond === Infinity || now - this.#lastGrown < 1000) return
    const seconds = Math.min(5, (now - this.#lastGrown) / 1000)
    this.#lastGrown = now
    // Without an answer since then a search would only run ahead.
    const factor =
      this.#background.share > 0 && this.#background.isFarBelow(this.#pace.perSecond)
        ? near.growth
        : this.#search !== undefined
          ? this.#answers === 0
            ? 1
            : this.#search.growth
          : this.#pace.perSecond < this.#ceiling * nearCeiling
            ? recovery
            : now - this.#lastEased > quietMs
              ? quickGrowth
              : growth
    this.#pace.change(this.#pace.perSecond * factor ** seconds, now)
  }

  #observe(latencyMs: number, now: number): void {
    const log = Math.log(Math.max(1, latencyMs))
    this.#short = this.#short === undefined ? log : this.#short + (log - this.#short) * shortSpan
    this.#long = this.#long === undefined ? log : this.#long + (log - this.#long) * longSpan
    const calm = Math.exp(this.#short) * 2
    if (this.#short - this.#long < slower || now - this.#lastShrunk < calm || this.#inFlight < 4)
      return
    this.#lastShrunk = now
    this.#window = Math.max(4, Math.min(this.#window, this.#inFlight) * 0.9)
  }
}
