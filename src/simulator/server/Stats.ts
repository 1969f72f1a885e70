/** Stats: what the simulator has counted since it started or was last reset. */
import { type FaultKind, faultKinds } from "../faults/Faults.ts"

/** The simulator's counters. */
export interface SimulatorStats {
  /** Requests that asked a model for an answer, good or bad. */
  readonly requests: number
  /** Requests that looked models up. */
  readonly lookups: number
  /** Requests that got a whole answer; a refusal is one. */
  readonly answered: number
  /** Responses by HTTP status, of all routes; a torn or unanswered connection has none. */
  readonly byStatus: Readonly<Record<string, number>>
  /** Faults that struck, by kind. */
  readonly byFault: Readonly<Record<FaultKind, number>>
  /**
   * Requests for answers by the model they name; past 1,000 names the rest is counted under
   * "(other)".
   */
  readonly byModel: Readonly<Record<string, number>>
  /** Requests for answers under way now. */
  readonly inFlight: number
  /** The most requests for answers that were ever under way together. */
  readonly maxInFlight: number
  /** Input tokens of the answered requests. */
  readonly inputTokens: number
  /** Those of them that its cache of prompts had; 0 without one. */
  readonly cachedTokens: number
  /** Those of them that it has cached then; what providers say of it differs. */
  readonly writtenTokens: number
  /** Output tokens of the answered requests. */
  readonly outputTokens: number
  /** Requests whose client hung up before the answer was sent. */
  readonly aborted: number
}

/** What an answered request used. */
interface AnsweredTokens {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens?: number
  readonly writtenTokens?: number
}

const maxModels = 1000

const increment = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

const noFaults = (): Record<FaultKind, number> =>
  Object.fromEntries(faultKinds.map((kind) => [kind, 0])) as Record<FaultKind, number>

/** Counts as requests come and go. */
export class Counters {
  #requests = 0
  #lookups = 0
  #answered = 0
  #inFlight = 0
  #maxInFlight = 0
  #inputTokens = 0
  #cachedTokens = 0
  #writtenTokens = 0
  #outputTokens = 0
  #aborted = 0
  #byStatus = new Map<string, number>()
  #byModel = new Map<string, number>()
  #byFault = noFaults()

  /** A request for an answer came in. */
  arrived(): void {
    this.#requests++
    this.#inFlight++
    if (this.#inFlight > this.#maxInFlight) this.#maxInFlight = this.#inFlight
  }

  /** A request for an answer is over, one way or another. */
  left(): void {
    this.#inFlight--
  }

  lookedUp(): void {
    this.#lookups++
  }

  asked(model: string): void {
    increment(
      this.#byModel,
      this.#byModel.has(model) || this.#byModel.size < maxModels ? model : "(other)"
    )
  }

  struck(kind: FaultKind): void {
    this.#byFault[kind]++
  }

  responded(status: number): void {
    increment(this.#byStatus, String(status))
  }

  answered({
    cachedTokens = 0,
    inputTokens,
    outputTokens,
    writtenTokens = 0
  }: AnsweredTokens): void {
    this.#answered++
    this.#inputTokens += inputTokens
    this.#cachedTokens += cachedTokens
    this.#writtenTokens += writtenTokens
    this.#outputTokens += outputTokens
  }

  aborted(): void {
    this.#aborted++
  }

  stats(): SimulatorStats {
    return {
      requests: this.#requests,
      lookups: this.#lookups,
      answered: this.#answered,
      byStatus: Object.fromEntries(this.#byStatus),
      byFault: { ...this.#byFault },
      byModel: Object.fromEntries(this.#byModel),
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
      inputTokens: this.#inputTokens,
      cachedTokens: this.#cachedTokens,
      writtenTokens: this.#writtenTokens,
      outputTokens: this.#outputTokens,
      aborted: this.#aborted
    }
  }

  /** Back to zero. Requests still under way stay counted as such. */
  clear(): void {
    this.#requests = 0
    this.#lookups = 0
    this.#answered = 0
    this.#maxInFlight = this.#inFlight
    this.#inputTokens = 0
    this.#cachedTokens = 0
    this.#writtenTokens = 0
    this.#outputTokens = 0
    this.#aborted = 0
    this.#byStatus.clear()
    this.#byModel.clear()
    this.#byFault = noFaults()
  }
}
