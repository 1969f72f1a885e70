/** Running pipelines: parameters are checked, steps opened, rows moved, results written; what comes back is a Distiset. */
import { mkdirSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { DataError } from "../data/DataError.ts"
import { type Distiset, distisetOf } from "../data/Distiset.ts"
import { type GivenParameters, type ParametersOf, withParameters } from "../pipeline/parameters.ts"
import { type AnyPipeline, forgottenSteps, type Pipeline } from "../pipeline/Pipeline.ts"
import { InvalidPipeline } from "../pipeline/problems.ts"
import { LeafFiles } from "./LeafFiles.ts"
import { asRunError, type RunError } from "./runErrors.ts"
import { type ProgressMode, showProgress } from "./progress.ts"
import { runGraph } from "./runGraph.ts"
import { emptyTally, type RunSummary } from "./Tally.ts"

/** Options of `run`, but for parameters. */
export interface RunSettings {
  /** The folder for the files of this run. Default: one of its own under `DISTILABEL_CACHE_DIR` or the user's cache folder. */
  readonly outputDir?: string
  /** How the run shows itself on stderr: `live` in place, `plain` lines, `none`. Default `auto`: live on a terminal, plain lines elsewhere. */
  readonly progress?: ProgressMode
  /** At most so many source rows are at work at once. Default 4,000. */
  readonly maxRowsInFlight?: number
  /** Is told the counts of all steps when the run ends, whatever the end. */
  readonly onSummary?: (summary: RunSummary) => void
}

/** Options of `run`: `parameters` is required if a step has a parameter that must be set. */
export type RunOptions<Steps> = RunSettings & Parameterized<Steps>
type Parameterized<Steps> = {} extends ParametersOf<Steps> ? { readonly parameters?: ParametersOf<Steps> } : { readonly parameters: ParametersOf<Steps> }
type OptionsArgument<Options> = {} extends Options ? [options?: Options] : [options: Options]

/**
 * Runs a pipeline and gives its Distiset. Rows that fail are in the Distiset as error rows; they do not end the run.
 *
 * @fails InvalidPipeline before anything is loaded, with all wrong parameters
 * @fails StepsFailed when several steps cannot start
 * @fails StepFailed when a step cannot start, a generator or a global step fails, or a model refuses every request
 * @fails DataError when results cannot be written
 * @example
 * const distiset = await Effect.runPromise(run(pipeline, { parameters: { generate: { llm: { generationKwargs: { temperature: 0.7 } } } } }))
 */
export const run = <Steps, Leaves>(
  pipeline: Pipeline<Steps, Leaves>,
  ...[options]: OptionsArgument<RunOptions<Steps>>
): Effect.Effect<Distiset<Leaves>, RunError> => execute(pipeline, options ?? {}, Infinity) as Effect.Effect<Distiset<Leaves>, RunError>

/**
 * Runs a pipeline, as a promise. It rejects with the error itself; `signal` stops the run.
 *
 * @example
 * const distiset = await runPromise(pipeline)
 * for await (const row of distiset.default) console.log(row.generation)
 */
export const runPromise = <Steps, Leaves>(
  pipeline: Pipeline<Steps, Leaves>,
  ...[options]: OptionsArgument<RunOptions<Steps> & { readonly signal?: AbortSignal }>
): Promise<Distiset<Leaves>> =>
  Effect.runPromise(
    execute(pipeline, options ?? {}, Infinity) as Effect.Effect<Distiset<Leaves>, RunError>,
    options?.signal === undefined ? {} : { signal: options.signal }
  )

/**
 * Runs a pipeline on the first rows of each generator only, to see that all its parts work.
 *
 * `batchSize` is the number of rows, by default 1. Parameters are those of `run`.
 *
 * @example
 * const sample = await Effect.runPromise(dryRun(pipeline, { batchSize: 2 }))
 */
export const dryRun = <Steps, Leaves>(
  pipeline: Pipeline<Steps, Leaves>,
  ...[options]: OptionsArgument<RunOptions<Steps> & { readonly batchSize?: number }>
): Effect.Effect<Distiset<Leaves>, RunError> =>
  execute(pipeline, options ?? {}, options?.batchSize ?? 1) as Effect.Effect<Distiset<Leaves>, RunError>

/**
 * `dryRun`, as a promise.
 *
 * @example
 * const sample = await dryRunPromise(pipeline, { batchSize: 2 })
 */
export const dryRunPromise = <Steps, Leaves>(
  pipeline: Pipeline<Steps, Leaves>,
  ...[options]: OptionsArgument<RunOptions<Steps> & { readonly batchSize?: number; readonly signal?: AbortSignal }>
): Promise<Distiset<Leaves>> =>
  Effect.runPromise(
    execute(pipeline, options ?? {}, options?.batchSize ?? 1) as Effect.Effect<Distiset<Leaves>, RunError>,
    options?.signal === undefined ? {} : { signal: options.signal }
  )

const execute = (
  pipeline: AnyPipeline,
  options: RunSettings & { readonly parameters?: unknown },
  maxRows: number
): Effect.Effect<Distiset<unknown>, RunError> =>
  Effect.gen(function*() {
    const { graph, problems } = withParameters(pipeline.graph, (options.parameters ?? {}) as GivenParameters)
    if (problems.length > 0) return yield* new InvalidPipeline({ pipeline: pipeline.name, problems })
    const started = performance.now()
    const directory = options.outputDir ?? ownDirectory(pipeline.name)
    const tallies = new Map([...graph.nodes.values()].map(({ name, step }) => [name, emptyTally(name, step.type)]))
    const gauge = { active: 0 }
    const summary = (): RunSummary => ({ pipeline: pipeline.name, seconds: (performance.now() - started) / 1000, atWork: gauge.active, steps: [...tallies.values()] })
    const files = yield* Effect.try({
      try: () => {
        mkdirSync(directory, { recursive: true })
        return new LeafFiles(directory, graph.leaves)
      },
      catch: (thrown) => DataError.of("write", directory, thrown)
    })
    const forgotten = forgottenSteps()
    yield* runGraph(graph, {
      tallies,
      gauge,
      sinkOf: (leaf) => files.sink(leaf),
      maxActive: options.maxRowsInFlight ?? 4000,
      maxRows
    }).pipe(
      showProgress({ mode: options.progress ?? "auto", summary, forgotten }),
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (Exit.isFailure(exit)) files.abandon()
          options.onSummary?.(summary())
        })
      ),
      Effect.catch(asRunError)
    )
    return yield* Effect.try({ try: () => distisetOf(directory, files.close()), catch: (thrown) => DataError.of("write", directory, thrown) })
  })

/** A folder for one run, named so that runs sort by time. */
const ownDirectory = (pipeline: string): string => {
  const root = process.env["DISTILABEL_CACHE_DIR"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "distilabel-ts")
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-")
  return join(root, pipeline.replaceAll(/[^\p{L}\p{N}._-]/gu, "_"), `${stamp}-${Math.random().toString(36).slice(2, 6)}`)
}
