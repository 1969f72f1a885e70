/** Congestion control: when another request may go, as far as congestion has a say. */
import { type Congestion, type CongestionEvent, isFull, next, uncongested } from "./congestion.ts"
import { Pace } from "./Pace.ts"

/** Seconds of the pace that may go at once. */
const burst = 0.1

export class CongestionControl {
  #state: Congestion = uncongested
  /** Spreads requests over each second. */
  readonly #pace = new Pace(Infinity, burst)

  get state(): Congestion {
    return this.#state
  }

  happened(event: CongestionEvent, now: number): void {
    this.#state = next(this.#state, event, now)
    const { perSecond } = this.#state.pace
    if (perSecond !== this.#pace.perSecond) this.#pace.change(perSecond, now)
    if (event.kind === "sent") this.#pace.take(1, now)
  }

  /** Milliseconds until another request may go; Infinity until one comes back. */
  waitMs(now: number): number {
    this.happened({ kind: "tick" }, now)
    const pauseMs = this.#state.pause.until - now
    if (pauseMs > 0) return pauseMs
    return isFull(this.#state) ? Infinity : this.#pace.waitMs(now)
  }
}
