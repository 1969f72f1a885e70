/**
 * Latencies: how long a simulated model thinks. A latency belongs to the question, so a benchmark
 * can add up the very same times beforehand.
 */
import type { QuestionKey } from "../../models/simulated/Question.ts"
import { Dice } from "../answers/Dice.ts"
import { keyOf } from "../answers/keyOf.ts"

/**
 * How response times are spread: the same for all, log-normal around a median, or mostly equal with
 * a `share` of slow ones. All times are in milliseconds.
 */
export type Latency =
  | { readonly kind: "none" }
  | { readonly kind: "constant"; readonly ms: number }
  | { readonly kind: "lognormal"; readonly medianMs: number; readonly sigma: number }
  | {
      readonly kind: "stragglers"
      readonly ms: number
      readonly share: number
      readonly slowMs: number
    }

const purpose = 1

/** The longest latency; a timer that is given more fires at once. */
export const maxLatencyMs = 2_147_483_647

/** Draws the latency of a question's key, in whole milliseconds. */
export const drawLatency = (latency: Latency, key: number): number => {
  switch (latency.kind) {
    case "none":
      return 0
    case "constant":
      return Math.round(latency.ms)
    case "lognormal": {
      const dice = new Dice(key, purpose)
      // 1 - next() is never 0, whose logarithm is infinite
      const normal = Math.sqrt(-2 * Math.log(1 - dice.next())) * Math.cos(2 * Math.PI * dice.next())
      return Math.min(Math.round(latency.medianMs * Math.exp(latency.sigma * normal)), maxLatencyMs)
    }
    case "stragglers":
      return Math.round(new Dice(key, purpose).chance(latency.share) ? latency.slowMs : latency.ms)
  }
}

/**
 * Tells how many milliseconds a simulator with these options takes to answer a question.
 *
 * @example
 *   const work = prompts.map((prompt) => latencyOf({ seed: 42, latency }, { model: "m", prompt }))
 */
export const latencyOf = (
  options: { readonly seed?: number | undefined; readonly latency?: Latency | undefined },
  question: QuestionKey
): number =>
  drawLatency(options.latency ?? { kind: "none" }, keyOf(options.seed ?? defaultSeed, question))

/** The seed of a simulator that is given none. */
export const defaultSeed = 42
