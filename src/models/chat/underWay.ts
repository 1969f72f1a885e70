/** Counts the requests of one row that are under way, or wait, from what happens to them. */
import type { Observer } from "./LLMEvents.ts"

/**
 * Tells how many requests are under way; one that was answered counts until the row is done, since
 * its answer must not be left.
 */
export const underWay = (tell: (count: number) => void): Observer => {
  let count = 0
  return ({ kind }) => {
    if (kind === "request") tell(++count)
    else if (kind === "retry" || kind === "failure" || kind === "interrupted") tell(--count)
  }
}

/** Tells whether questions of the row wait for a job of a batch API. */
export const resting = (tell: (isResting: boolean) => void): Observer => {
  let count = 0
  return ({ kind }) => {
    if (kind === "resting" && count++ === 0) tell(true)
    else if (kind === "rested" && --count === 0) tell(false)
  }
}
