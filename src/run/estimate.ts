/** Estimating runs: what `estimate` takes and gives, as types. */
import * as Effect from "effect/Effect"
import { type Estimate, estimated } from "../engine/estimate/estimate.ts"
import type { DatasetOf } from "../engine/local/dataset.ts"
import type { RunError } from "../engine/local/runErrors.ts"
import type { Pipeline } from "../pipeline/Pipeline.ts"
import type { Provided } from "../pipeline/Wire.ts"
import type { OptionsArgument, Others, RunOptions } from "./run.ts"
import { surrounded } from "./surrounded.ts"

/** Options of `estimate`: those of `run`, and how many rows are tried. */
export type EstimateOptions<
  Steps,
  Fed = never,
  Names extends keyof Steps = keyof Steps
> = RunOptions<Steps, Fed, Names> & {
  /** Source rows that are tried, picked at random. Default 50. */
  readonly sample?: number
}

/**
 * Says what a run will ask, use, cost and take, each with an interval, from a trial on some of its
 * rows.
 *
 * The rows are picked at random over the whole source, which is read once. Their answers are paid
 * for, and kept: the run itself does not ask for them again, but for rows that are routed by batch
 * and then go another way. Answers that are kept from earlier runs count as if they were not, so
 * that the estimate is that of the whole. Steps that work on all rows at once see the sample only:
 * what comes after them is told as if they gave the same share of all rows. The time is that of the
 * slowest model at its limits; own steps that take longer than the models are not in it.
 *
 * @example
 *   const { cost, seconds } = await Effect.runPromise(estimate(pipeline, { sample: 100 }))
 *   console.log(`about $${cost.expected.toFixed(2)}, at most $${cost.high.toFixed(2)}`)
 *
 * @fails what `run` fails with
 */
export const estimate = <Steps, Leaves, Sources, Fed extends DatasetOf<Sources> = never, R = never>(
  pipeline: Pipeline<Steps, Leaves, Sources, R>,
  ...[options]: OptionsArgument<EstimateOptions<Steps, Fed, Others<Steps, Sources, Fed>>>
): Effect.Effect<Estimate, RunError, R> => surrounded(estimated(pipeline, options))

/**
 * `estimate`, as a promise.
 *
 * @example
 *   const { calls } = await estimatePromise(pipeline)
 */
export const estimatePromise = <
  Steps,
  Leaves,
  Sources,
  Fed extends DatasetOf<Sources> = never,
  R = never
>(
  pipeline: Pipeline<Steps, Leaves, Sources, R> & Provided<R>,
  ...[options]: OptionsArgument<
    EstimateOptions<Steps, Fed, Others<Steps, Sources, Fed>> & { readonly signal?: AbortSignal }
  >
): Promise<Estimate> =>
  Effect.runPromise(
    surrounded(estimated(pipeline, options)),
    options?.signal === undefined ? {} : { signal: options.signal }
  )
