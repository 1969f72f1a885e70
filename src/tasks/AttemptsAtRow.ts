/** Attempts at a row: what it took to get each of its answers, from what happened to its requests. */
import type { LLMEvent } from "../models/chat/LLMEvents.ts"
import type { Attempts } from "../step/Attempts.ts"

/** One question: the row's own, by which of its answers it is for, or one asked again. */
interface Asked {
  requests: number
  readonly refusals: Array<string>
}

export class AttemptsAtRow {
  // Most rows need none of these, and there may be thousands at work.
  /** By which answer they are for; undefined for all that one request gives. */
  #own: Map<number | undefined, Asked> | undefined
  #again: Map<number, Asked> | undefined
  #complaints: Map<number, Array<string>> | undefined

  /** Takes what happened to a request. */
  take({ attempt, kind, reason, row = "", sample }: LLMEvent): void {
    if (kind !== "retry" && kind !== "success" && kind !== "recalled") return
    // `answered` asks again for the answer that the end of the place tells.
    const [, again] = row.includes("/") ? row.split("/") : []
    // Most answers came of the first attempt, of which there is nothing to tell.
    if (kind !== "retry" && again === undefined && attempt === 1 && this.#own === undefined) return
    const asked =
      again === undefined
        ? found((this.#own ??= new Map()), sample)
        : found((this.#again ??= new Map()), Number(again))
    if (kind === "retry") asked.refusals.push(reason ?? "Unknown")
    else asked.requests = again === undefined ? attempt : asked.requests + attempt
  }

  /** An answer cannot be read. */
  complain(index: number, complaint: string): void {
    const known = this.#complaints?.get(index) ?? []
    known.push(complaint)
    this.#complaints ??= new Map()
    this.#complaints.set(index, known)
  }

  /** What it took to get an answer; undefined if the first attempt did. */
  at(index: number): Attempts | undefined {
    const own = this.#own?.get(index) ?? this.#own?.get(undefined)
    const again = this.#again?.get(index)
    const requests = (own?.requests ?? 1) + (again?.requests ?? 0)
    return requests <= 1
      ? undefined
      : {
          requests,
          refusals: [...(own?.refusals ?? []), ...(again?.refusals ?? [])],
          complaints: again === undefined ? [] : (this.#complaints?.get(index) ?? [])
        }
  }
}

const found = <K>(all: Map<K, Asked>, key: K): Asked => {
  const known = all.get(key) ?? { requests: 0, refusals: [] }
  all.set(key, known)
  return known
}
