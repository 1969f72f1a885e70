/** Running pipelines: what `run` takes and gives, as types. */
import * as Effect from "effect/Effect"
import type { ClusterError } from "../cluster/clusterErrors.ts"
import type { Distiset } from "../data/distiset/Distiset.ts"
import type { DatasetOf } from "../engine/local/dataset.ts"
import { execute, type RunServices } from "../engine/local/execute.ts"
import type { RunError } from "../engine/local/runErrors.ts"
import type { AnyRunOptions, RunSettings, Trial } from "../engine/local/RunSettings.ts"
import type { ParametersOf } from "../pipeline/parameters.ts"
import type { AnyPipeline, Pipeline } from "../pipeline/Pipeline.ts"
import type { Provided } from "../pipeline/Wire.ts"
import type { ClusterOptions } from "./clusterOptions.ts"
import { delivered } from "./delivered.ts"
import { promised } from "./promised.ts"
import { surrounded } from "./surrounded.ts"

/**
 * Options of `run`: `parameters` is required if a step has a parameter that must be set. `Fed` is a
 * dataset in the place of generators, `Names` are the steps that run as they are.
 */
export type RunOptions<Steps, Fed = never, Names extends keyof Steps = keyof Steps> = RunSettings &
  GivenDataset<Fed> &
  Parameterized<Steps, Names>
type Parameterized<Steps, Names extends keyof Steps> =
  {} extends ParametersOf<Steps, Names>
    ? { readonly parameters?: ParametersOf<Steps, Names> }
    : { readonly parameters: ParametersOf<Steps, Names> }
interface GivenDataset<Fed> {
  /**
   * Rows in the place of those of the generator, with the columns that it gives: a list, a subset
   * of another Distiset, an iterable or async iterable; for several generators rows by name. The
   * generator is not opened, and its parameters need not be set. An iterator that gives its rows
   * once has the run begin anew, with all answers kept; anything that can be read again has it go
   * on.
   */
  readonly dataset?: Fed
}
/** What a run may be given besides, when others are to work on it. */
interface OnMachines<Cluster, R> {
  /**
   * Has many processes work on the run, here and on other machines, over a Redis: the same dataset.
   * Their steps get no services from this process.
   */
  readonly cluster?: Cluster & Provided<R>
}
/** Options of a run, wherever it is worked on. */
export type OptionsOfRun<Steps, Fed, Names extends keyof Steps, Cluster, R> = RunOptions<
  Steps,
  Fed,
  Names
> &
  OnMachines<Cluster, R>
/** What may end a run, wherever it is worked on. */
type ErrorIn<Cluster> = RunError | ([Cluster] extends [never] ? never : ClusterError)
/** Names of the steps that run as they are, though a dataset may have been given. */
export type Others<Steps, Sources, Fed> = [Fed] extends [never]
  ? keyof Steps
  : Exclude<keyof Steps, keyof Sources>
export type OptionsArgument<Options> = {} extends Options ? [options?: Options] : [options: Options]

/**
 * Runs a pipeline and gives its Distiset. Rows that fail are in the Distiset as error rows; they do
 * not end the run.
 *
 * Whatever a model has answered is kept before its row moves on. A run that was stopped or killed
 * goes on where it was when it is run again; one that was finished is not repeated; after a change,
 * steps before it and questions that stay the same cost nothing.
 *
 * @example
 *   const distiset = await Effect.runPromise(run(pipeline, { parameters: { generate: { llm: { generationKwargs: { temperature: 0.7 } } } } }))
 *
 * @fails InvalidPipeline before anything is loaded, with all wrong parameters
 * @fails StepsFailed when several steps cannot start
 * @fails StepFailed when a step cannot start, a generator or a global step fails, or a model refuses every request
 * @fails DataError when results cannot be written
 * @fails JournalError when answers cannot be kept
 * @fails RunLocked when another run writes to the same folder
 * @fails PriceUnknown when `maxCost` cannot be kept, before anything is requested
 * @fails RunStopped after a signal, at a budget, or when too many rows fail
 * @fails ClusterError with option `cluster`, when the run cannot be cut, Redis cannot be used, or shards fail
 */
export const run = <
  Steps,
  Leaves,
  Sources,
  Fed extends DatasetOf<Sources> = never,
  R = never,
  Cluster extends ClusterOptions = never
>(
  pipeline: Pipeline<Steps, Leaves, Sources, R>,
  ...[options]: OptionsArgument<OptionsOfRun<Steps, Fed, Others<Steps, Sources, Fed>, Cluster, R>>
): Effect.Effect<Distiset<Leaves>, ErrorIn<Cluster>, R> => started(pipeline, options)

/**
 * Runs a pipeline, as a promise. It rejects with the error itself. `signal` stops the run as Ctrl+C
 * does: what is in flight is waited for, for `stopTimeout` at most, and the promise rejects with
 * `RunStopped`; before anything is asked it rejects at once, with the signal's reason.
 *
 * @example
 *   const distiset = await runPromise(pipeline)
 *   for await (const row of distiset.default) console.log(row.generation)
 */
export const runPromise = <
  Steps,
  Leaves,
  Sources,
  Fed extends DatasetOf<Sources> = never,
  R = never,
  Cluster extends ClusterOptions = never
>(
  pipeline: Pipeline<Steps, Leaves, Sources, R> & Provided<R>,
  ...[options]: OptionsArgument<
    OptionsOfRun<Steps, Fed, Others<Steps, Sources, Fed>, Cluster, R> & {
      readonly signal?: AbortSignal
    }
  >
): Promise<Distiset<Leaves>> => promised(started(pipeline, options), options?.signal)

/**
 * Runs a pipeline on the first rows of each generator only, to see that all its parts work.
 *
 * `batchSize` is the number of rows, by default 1. Parameters are those of `run`.
 *
 * @example
 *   const sample = await Effect.runPromise(dryRun(pipeline, { batchSize: 2 }))
 */
export const dryRun = <Steps, Leaves, Sources, Fed extends DatasetOf<Sources> = never, R = never>(
  pipeline: Pipeline<Steps, Leaves, Sources, R>,
  ...[options]: OptionsArgument<
    RunOptions<Steps, Fed, Others<Steps, Sources, Fed>> & { readonly batchSize?: number }
  >
): Effect.Effect<Distiset<Leaves>, RunError, R> =>
  started(pipeline, options, { rows: options?.batchSize ?? 1 })

/**
 * `dryRun`, as a promise.
 *
 * @example
 *   const sample = await dryRunPromise(pipeline, { batchSize: 2 })
 */
export const dryRunPromise = <
  Steps,
  Leaves,
  Sources,
  Fed extends DatasetOf<Sources> = never,
  R = never
>(
  pipeline: Pipeline<Steps, Leaves, Sources, R> & Provided<R>,
  ...[options]: OptionsArgument<
    RunOptions<Steps, Fed, Others<Steps, Sources, Fed>> & {
      readonly batchSize?: number
      readonly signal?: AbortSignal
    }
  >
): Promise<Distiset<Leaves>> =>
  promised(started(pipeline, options, { rows: options?.batchSize ?? 1 }), options?.signal)

/** What is started: options as they come, with `cluster` where others are to work on the run. */
interface StartOptions extends AnyRunOptions {
  readonly cluster?: ClusterOptions
}

// The one cast: a run knows columns by their names, and the flow knows their types.
const started = <Leaves, E>(
  pipeline: AnyPipeline,
  options: StartOptions = {},
  trial?: Trial
): Effect.Effect<Distiset<Leaves>, E> => {
  const { cluster, ...own } = options
  return surrounded<Distiset<unknown>, RunError | ClusterError, RunServices>(
    cluster === undefined || trial !== undefined
      ? delivered(pipeline.name, options, trial !== undefined, (given) =>
          execute(pipeline, given, trial)
        )
      : onMachines(pipeline, cluster, own)
  ) as Effect.Effect<Distiset<Leaves>, E>
}

// Loaded when it is wanted: most programs run in one process.
const onMachines = Effect.fnUntraced(function* (
  pipeline: AnyPipeline,
  cluster: ClusterOptions,
  options: AnyRunOptions
) {
  const [{ clusterRunOf }, { clusterRun }] = yield* Effect.promise(() =>
    Promise.all([import("./clusterOptions.ts"), import("./clusterRun.ts")])
  )
  const { distiset } = yield* clusterRun(yield* clusterRunOf(pipeline, cluster, options))
  return distiset
})
