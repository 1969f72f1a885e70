/** Results of jobs that providers write alike. */
import type { Diagnosis } from "./Diagnosis.ts"

/**
 * A request that its job did not answer, for it expired, was cancelled or failed: the next job asks
 * it.
 */
export const unanswered = (detail: string): Diagnosis => ({ reason: "ServerError", detail })

/** How long before its process said so a job may have been made, by the provider's clock. */
const clocksMayDifferMs = 10 * 60_000

/** Whether a job, made at a time by the provider's clock, may be one that was begun at another here. */
export const mayBeLost = (made: number, since: number): boolean => made >= since - clocksMayDifferMs
