/** When a run is to stop, by what all its workers have spent and met. */
import type { StopReason } from "../engine/watch/RunStopped.ts"
import { dollars } from "../words/figures.ts"
import { amount } from "../words/terminal.ts"
import type { Sums } from "./figures.ts"

export interface ClusterBudgets {
  readonly maxCost?: number | undefined
  readonly maxTokens?: number | undefined
  readonly maxRows?: number | undefined
  readonly maxErrorRate?: number | undefined
}

/** Why a run stops before its end. */
export interface Stop {
  readonly reason: StopReason
  readonly detail?: string
}

/** A share of fewer rows says nothing. */
const leastRows = 100

/** Why the run is to stop now; undefined if it may go on. */
export const reasonToStop = (
  { maxCost = Infinity, maxErrorRate = 0.5, maxTokens = Infinity }: ClusterBudgets,
  sums: Sums
): Stop | undefined => {
  if (costIn(sums) >= maxCost) return { reason: "maxCost" }
  if (tokensIn(sums) >= maxTokens) return { reason: "maxTokens" }
  for (const { done, failed, name, reasons } of sums.steps.values()) {
    if (done + failed < leastRows || failed <= (done + failed) * maxErrorRate) continue
    const [most] = [...reasons].toSorted((a, b) => b[1] - a[1])
    return {
      reason: "maxErrorRate",
      detail: `at '${name}' ${failed} of ${done + failed} rows failed, most with ${most?.[0] ?? "an error"}`
    }
  }
  return undefined
}

/** The same in words, once all has been counted. */
export const detailOfStop = (
  { detail, reason }: Stop,
  { maxCost = Infinity, maxTokens = Infinity }: ClusterBudgets,
  sums: Sums
): string | undefined => {
  if (reason === "maxCost") return `${dollars(costIn(sums))} of ${dollars(maxCost)}`
  return reason === "maxTokens" ? `${amount(tokensIn(sums))} of ${amount(maxTokens)}` : detail
}

const costIn = (sums: Sums): number => sums.of(({ cost }) => cost)
const tokensIn = (sums: Sums): number => sums.of((tally) => tally.inputTokens + tally.outputTokens)
