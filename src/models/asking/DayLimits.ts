/**
 * Limits of a day: what a provider takes in 24 hours, counted by the hour, over all runs that share
 * a ledger. An hour counts as a whole until all of it is a day old.
 */
import * as Context from "effect/Context"

/** What was used of a model in an hour. */
export interface HourUse {
  /** Hours since 1970. */
  readonly hour: number
  readonly requests: number
  readonly tokens: number
}

/** Where runs write down what they use. */
export interface DayLedger {
  /** What all have used of a model since an hour, the oldest first. */
  readonly usedSince: (model: string, hour: number) => ReadonlyArray<HourUse>
  readonly use: (model: string, use: HourUse) => void
}

/** The ledger of a run; outside of runs each gate counts for itself. */
export const CurrentDayLedger = Context.Reference<DayLedger | undefined>(
  "distilabel-ts/models/DayLedger",
  { defaultValue: () => undefined }
)

const hourMs = 3_600_000
const hoursOfADay = 24
/** So often others are heard of, and hear of this run. */
const tellEveryMs = 1000

export class DayLimits {
  readonly #model: string
  readonly #requests: number
  readonly #tokens: number
  readonly #ledger: DayLedger | undefined
  /** What all have used, as far as known here, by the hour. */
  #hours: Array<HourUse> = []
  /** What this run has used and not written down yet. */
  #untold: HourUse = { hour: 0, requests: 0, tokens: 0 }
  #toldAt = -Infinity

  constructor(
    model: string,
    { requests, tokens }: { readonly requests: number; readonly tokens: number },
    ledger: DayLedger | undefined
  ) {
    this.#model = model
    this.#requests = requests
    this.#tokens = tokens
    this.#ledger = ledger
  }

  /** Milliseconds until another request may go, and for want of what; 0 if one may. `now` is since 1970. */
  wait(now: number): { readonly ms: number; readonly why: string } {
    if (now - this.#toldAt >= tellEveryMs) this.tell(now)
    const hour = Math.floor(now / hourMs)
    const day = this.#hours.filter((use) => use.hour > hour - hoursOfADay)
    let requests = sum(day, (use) => use.requests)
    let tokens = sum(day, (use) => use.tokens)
    const why =
      requests >= this.#requests
        ? `requestsPerDay ${this.#requests}`
        : tokens >= this.#tokens
          ? `tokensPerDay ${this.#tokens}`
          : ""
    if (why === "") return { ms: 0, why }
    for (const use of day) {
      requests -= use.requests
      tokens -= use.tokens
      if (requests < this.#requests && tokens < this.#tokens)
        return { ms: (use.hour + hoursOfADay) * hourMs - now, why }
    }
    return { ms: hoursOfADay * hourMs, why }
  }

  /** So much has gone, or, below 0, has not gone after all. */
  take(requests: number, tokens: number, now: number): void {
    const hour = Math.floor(now / hourMs)
    if (this.#untold.hour !== hour) this.tell(now)
    this.#untold = {
      hour,
      requests: this.#untold.requests + requests,
      tokens: this.#untold.tokens + tokens
    }
    this.#hours = added(this.#hours, { hour, requests, tokens })
  }

  /** Writes down what was used, and reads what others have. */
  tell(now: number): void {
    this.#toldAt = now
    const hour = Math.floor(now / hourMs)
    const { requests, tokens } = this.#untold
    if (this.#ledger !== undefined) {
      if (requests !== 0 || tokens !== 0) this.#ledger.use(this.#model, this.#untold)
      this.#hours = [...this.#ledger.usedSince(this.#model, hour - hoursOfADay + 1)]
    }
    this.#untold = { hour, requests: 0, tokens: 0 }
  }
}

const added = (hours: ReadonlyArray<HourUse>, use: HourUse): Array<HourUse> => {
  const last = hours.at(-1)
  return last?.hour === use.hour
    ? [
        ...hours.slice(0, -1),
        {
          hour: use.hour,
          requests: last.requests + use.requests,
          tokens: last.tokens + use.tokens
        }
      ]
    : [...hours, use]
}

const sum = (uses: ReadonlyArray<HourUse>, of: (use: HourUse) => number): number =>
  uses.reduce((total, use) => total + of(use), 0)
