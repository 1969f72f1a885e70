/** Counts the requests of one row that are under way, or wait, from what happens to them. */
import type { Observer } from "./LLMEvents.ts"

/** Whoever waits for the row. */
interface Told {
  /** Is told how many requests are under way. */
  onRequests(underWay: number): void
  /** Is told whether questions of the row wait for a job of a batch API. */
  onResting?(isResting: boolean): void
}

/**
 * Tells how many requests are under way, and whether questions wait for a job; a request that was
 * answered counts until the row is done, since its answer must not be left.
 */
export const underWay = (told: Told): Observer => {
  let requests = 0
  let resting = 0
  return ({ kind }) => {
    if (kind === "request") told.onRequests(++requests)
    else if (kind === "retry" || kind === "failure" || kind === "interrupted")
      told.onRequests(--requests)
    else if (kind === "resting" && resting++ === 0) told.onResting?.(true)
    else if (kind === "rested" && --resting === 0) told.onResting?.(false)
  }
}
