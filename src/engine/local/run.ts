/**
 * Running pipelines: parameters are checked, steps opened, rows moved, results written; what comes
 * back is a Distiset.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { clearUnfinishedArtifacts, saveArtifact } from "../../data/distiset/artifacts.ts"
import type { Distiset } from "../../data/distiset/Distiset.ts"
import { cacheDirectory, CurrentCacheDirectory } from "../../data/rows/cacheDirectory.ts"
import { DataError } from "../../data/rows/DataError.ts"
import { makeFolder } from "../../disk/makeFolder.ts"
import { ResponseLog } from "../../journal/ResponseLog.ts"
import { lockRun } from "../../journal/RunLock.ts"
import { type CostOf, type GivenPrices, pricesOf } from "../../models/asking/prices.ts"
import type { Observer } from "../../models/chat/LLMEvents.ts"
import { shapesWith } from "../../pipeline/check.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import {
  type GivenParameters,
  type ParametersOf,
  withParameters
} from "../../pipeline/parameters.ts"
import { type AnyPipeline, forgottenSteps, type Pipeline } from "../../pipeline/Pipeline.ts"
import { InvalidPipeline } from "../../pipeline/problems.ts"
import { type LoadGroups, stagesOf } from "../../pipeline/stages.ts"
import type { Provided } from "../../pipeline/Wire.ts"
import { CurrentTools } from "../../step/StepTools.ts"
import { identify } from "../identity/identify.ts"
import { modelOf } from "../keep/modelOf.ts"
import { clearSpilled } from "../nodes/SpilledRows.ts"
import { PaidAnswers } from "../record/PaidAnswers.ts"
import { checkPrices } from "../record/PriceUnknown.ts"
import { RunRecord } from "../record/RunRecord.ts"
import { type ProgressMode, showProgress } from "../watch/progress.ts"
import type { RunSummary } from "../watch/Tally.ts"
import { warn } from "../watch/warn.ts"
import { watchSteps } from "../watch/watchdog.ts"
import { type DatasetOf, withDataset } from "./dataset.ts"
import { type Ended, endOf, reported } from "./reported.ts"
import { asRunError, type RunError } from "./runErrors.ts"
import { runGraph } from "./runGraph.ts"
import { RunMeasures } from "./RunMeasures.ts"
import { watchRun } from "./RunWatch.ts"
import { stopOnSignals } from "./signals.ts"

/** Options of `run`, but for parameters. */
export interface RunSettings {
  /**
   * The folder for the files of this run. A run of the same pipeline that finds an unfinished one
   * there goes on from it. Default: a folder of the pipeline's own in the cache directory.
   */
  readonly outputDir?: string
  /**
   * Where answers of models and outputs of steps are kept from run to run. Default
   * `DISTILABEL_CACHE_DIR`, else `distilabel-ts` in the user's cache folder.
   */
  readonly cacheDir?: string
  /**
   * False to begin anew and ask for everything again; what is answered is kept all the same.
   * Default true.
   */
  readonly useCache?: boolean
  /**
   * True to try the error rows of an earlier run again; all other rows stay as they are. Default
   * false.
   */
  readonly retryFailed?: boolean
  /**
   * What answers survive once they are kept: `process`, the end of this program, however it ends
   * (default), or `power`, that of the machine.
   */
  readonly durability?: "process" | "power"
  /**
   * The run stops when its answers have cost so many US dollars, over stops, kills and resumes.
   * Requests already in flight still cost money. Refused before anything is requested if a model's
   * price is unknown: see `prices`.
   */
  readonly maxCost?: number
  /**
   * The run stops when it has used so many tokens, in and out, over stops, kills and resumes. Where
   * a server counts none they are estimated.
   */
  readonly maxTokens?: number
  /** The run stops when so many source rows are through. */
  readonly maxRows?: number
  /**
   * The run stops when a greater share of a step's rows has failed, counted from 100 rows on.
   * Default 0.5.
   */
  readonly maxErrorRate?: number
  /**
   * Prices by model name, in US dollars for a million tokens, for models whose price is not known
   * or is another one.
   */
  readonly prices?: GivenPrices
  /**
   * False to leave Ctrl+C, SIGTERM, SIGHUP and outputs that nobody reads to the program. Default
   * true: the first stops the run gently, the second at once, the third ends the program.
   */
  readonly signals?: boolean
  /** Seconds that a run that is stopped waits for answers under way. Default 30. */
  readonly stopTimeout?: number
  /**
   * Steps that are loaded together and alone, for steps that do not fit into memory at the same
   * time: each group begins when what comes before is done with all rows. `sequential` loads each
   * step alone. Default: all steps are loaded at once, and rows flow.
   */
  readonly loadGroups?: LoadGroups
  /**
   * How the run shows itself on stderr: `live` in place, `plain` lines, `none`. Default `auto`:
   * live on a terminal, plain lines elsewhere.
   */
  readonly progress?: ProgressMode
  /** False to write no `report.html` into the folder of the run when it ends. Default true. */
  readonly report?: boolean
  /** At most so many source rows are at work at once. Default 4,000. */
  readonly maxRowsInFlight?: number
  /** Is told the counts of all steps when the run ends, whatever the end. */
  readonly onSummary?: (summary: RunSummary) => void
}

/** Options of `run`: `parameters` is required if a step has a parameter that must be set. */
export type RunOptions<Steps, Fed = never> = RunSettings & GivenDataset<Fed> & Parameterized<Steps>
type Parameterized<Steps> =
  {} extends ParametersOf<Steps>
    ? { readonly parameters?: ParametersOf<Steps> }
    : { readonly parameters: ParametersOf<Steps> }
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
/** Steps of a pipeline that run as they are, though a dataset was given. */
export type Others<Steps, Sources, Fed> = [Fed] extends [never] ? Steps : Omit<Steps, keyof Sources>
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
 */
export const run = <Steps, Leaves, Sources, Fed extends DatasetOf<Sources> = never, R = never>(
  pipeline: Pipeline<Steps, Leaves, Sources, R>,
  ...[options]: OptionsArgument<RunOptions<Others<Steps, Sources, Fed>, Fed>>
): Effect.Effect<Distiset<Leaves>, RunError, R> =>
  execute(pipeline, options ?? {}) as Effect.Effect<Distiset<Leaves>, RunError>

/**
 * Runs a pipeline, as a promise. It rejects with the error itself; `signal` stops the run.
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
  R = never
>(
  pipeline: Pipeline<Steps, Leaves, Sources, R> & Provided<R>,
  ...[options]: OptionsArgument<
    RunOptions<Others<Steps, Sources, Fed>, Fed> & { readonly signal?: AbortSignal }
  >
): Promise<Distiset<Leaves>> =>
  Effect.runPromise(
    execute(pipeline, options ?? {}) as Effect.Effect<Distiset<Leaves>, RunError>,
    options?.signal === undefined ? {} : { signal: options.signal }
  )

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
    RunOptions<Others<Steps, Sources, Fed>, Fed> & { readonly batchSize?: number }
  >
): Effect.Effect<Distiset<Leaves>, RunError, R> =>
  execute(pipeline, options ?? {}, { rows: options?.batchSize ?? 1 }) as Effect.Effect<
    Distiset<Leaves>,
    RunError
  >

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
    RunOptions<Others<Steps, Sources, Fed>, Fed> & {
      readonly batchSize?: number
      readonly signal?: AbortSignal
    }
  >
): Promise<Distiset<Leaves>> =>
  Effect.runPromise(
    execute(pipeline, options ?? {}, { rows: options?.batchSize ?? 1 }) as Effect.Effect<
      Distiset<Leaves>,
      RunError
    >,
    options?.signal === undefined ? {} : { signal: options.signal }
  )

interface Given extends RunSettings {
  readonly parameters?: unknown
  readonly dataset?: unknown
  readonly signal?: AbortSignal
}

/** A run that is no run: on a few rows, in a folder of its own, that nobody goes on with. */
interface Trial {
  /** At most so many rows of each generator. */
  readonly rows: number
  /** The graph that is tried, made of the graph with its parameters. */
  readonly graphOf?: (graph: Graph) => Graph
  readonly onEvent?: Observer
}

/** Runs a pipeline, or tries it out. */
export const execute = (
  pipeline: AnyPipeline,
  options: Given,
  trial?: Trial
): Effect.Effect<Distiset<unknown>, RunError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { graph: fed, problems: wrongDataset } =
        options.dataset === undefined
          ? { graph: pipeline.graph, problems: [] }
          : withDataset(pipeline.graph, options.dataset)
      const { graph: given, problems: wrongParameters } = withParameters(
        fed,
        (options.parameters ?? {}) as GivenParameters
      )
      const graph = trial?.graphOf?.(given) ?? given
      const { problems: wrongGroups, stages } =
        options.loadGroups === undefined
          ? { problems: [], stages: undefined }
          : stagesOf(graph, options.loadGroups)
      const problems = [...wrongDataset, ...wrongParameters, ...wrongGroups]
      if (problems.length > 0)
        return yield* new InvalidPipeline({ pipeline: pipeline.name, problems })
      const { retryFailed = false, useCache = true } = options
      const cacheDir = cacheDirectory(options.cacheDir)
      const identity = yield* Effect.promise(() => identify(graph))
      const { signature, trust } = identity
      const resumes = trial === undefined && useCache && trust.stopped
      const directory =
        trial === undefined
          ? (options.outputDir ??
            ownDirectory(cacheDir, pipeline.name, useCache ? signature : undefined))
          : options.outputDir === undefined
            ? ownDirectory(cacheDir, pipeline.name, undefined)
            : join(options.outputDir, "dry-run")
      yield* Effect.try({
        try: () => makeFolder(directory),
        catch: (thrown) => DataError.of("write", directory, thrown)
      })
      yield* lockRun(directory, pipeline.name)
      yield* Effect.try({
        try: () => {
          clearSpilled(directory)
          clearUnfinishedArtifacts(directory)
        },
        catch: (thrown) => DataError.of("write", directory, thrown)
      })
      const log = yield* ResponseLog.open(join(cacheDir, "responses"), {
        durability: options.durability ?? "process"
      })
      const costs = costsOf(graph, options.prices)
      if (options.maxCost !== undefined) yield* checkPrices(pipeline.name, graph, costs)
      const watch = yield* watchRun(pipeline.name, graph, costs, () => log.damage.length, options)
      const notices = trial === undefined && useCache ? identity.notices : []
      const summary = (): RunSummary => ({ ...watch.summary(), notices })
      const measured = {
        directory,
        signature,
        description: pipeline.description ?? "",
        graph,
        watch,
        resumes
      }
      const measures =
        options.report === false || trial?.graphOf !== undefined
          ? undefined
          : new RunMeasures(measured)
      const report = (ended: Ended): Effect.Effect<void> =>
        measures === undefined
          ? Effect.void
          : reported(measures, { ...pipeline, graph }, directory, ended)
      const answers = new PaidAnswers(log, {
        pipeline: pipeline.name,
        steps: [...graph.nodes.values()].flatMap(({ name, step }) =>
          modelOf(step) === undefined ? [] : [name]
        ),
        recalls: useCache,
        costOf: (step, inputTokens, outputTokens) => watch.costOf(step, inputTokens, outputTokens),
        mayAsk: () => watch.control.reason === undefined,
        onSpent: watch.onSpent
      })
      const record = yield* RunRecord.open({
        directory,
        signature,
        leaves: graph.leaves,
        shapes: (sources) => shapesWith(graph, sources),
        story: {
          tell: async (facts) =>
            (await import("../../card/storyOf.ts"))
              .storyOf({ ...pipeline, graph }, directory)
              .tell(facts)
        },
        continues: trial === undefined && useCache,
        resumes: resumes && !retryFailed,
        staysFinished:
          trust.finished && [...graph.nodes.values()].every(({ step }) => step.useCache),
        onBegin: (beginning) => {
          answers.begin(beginning)
          watch.begin([...log.spent(beginning.paid), ...(measures?.spentBefore ?? [])])
          measures?.begin(beginning.start)
        },
        claimsBefore: (position) => answers.claimsBefore(position),
        onCheckpoint: (position) => measures?.markAt(position),
        onDamage: warn
      })
      yield* watchSteps(graph.nodes.keys())
      if (options.signals !== false) yield* stopOnSignals(watch.control)
      const end = yield* runGraph(identity.graph, {
        signatures: identity.steps,
        tallies: watch.tallies,
        gauge: watch.gauge,
        control: watch.control,
        record,
        stepsDirectory: useCache ? join(cacheDir, "steps") : undefined,
        stages,
        spillDirectory: directory,
        retriesFailed: retryFailed,
        answers,
        onEvent: (event) => {
          watch.onEvent(event)
          measures?.onEvent(event)
          trial?.onEvent?.(event)
        },
        ...(measures === undefined ? {} : { onCounts: measures.onCounts, onLate: measures.onLate }),
        sinkOf: (leaf, marked) => record.sink(leaf, marked),
        maxActive: options.maxRowsInFlight ?? 4000,
        limits: { sample: trial?.rows ?? Infinity, budget: options.maxRows ?? Infinity }
      }).pipe(
        Effect.provideService(CurrentCacheDirectory, cacheDir),
        Effect.provideService(CurrentTools, (step) => ({
          saveArtifact: (name, write, metadata) =>
            saveArtifact(directory, step, name, write, metadata)
        })),
        Effect.raceFirst(watch.control.left),
        showProgress({ mode: options.progress ?? "auto", summary, forgotten: forgottenSteps() }),
        Effect.onExit((exit) =>
          Effect.sync(() => {
            if (Exit.isFailure(exit) || exit.value === "stopped") record.abandon()
            options.onSummary?.(summary())
          })
        ),
        Effect.onExit((exit) => (Exit.isFailure(exit) ? report(endOf(exit.cause)) : Effect.void)),
        Effect.catch(asRunError)
      )
      if (end === "stopped") {
        const stopped = watch.stopped(directory)
        yield* report({ end: "stopped", detail: stopped.why })
        return yield* stopped
      }
      const distiset = yield* Effect.try({
        try: () => (end === "done before" ? record.finished() : undefined) ?? record.close(),
        catch: (thrown) => DataError.of("write", directory, thrown)
      })
      yield* report({ end: "finished", distiset })
      return distiset
    })
  )

/** What each step's answers cost. */
export const costsOf = (
  graph: Graph,
  prices: GivenPrices | undefined
): ReadonlyMap<string, CostOf> => {
  const models = [...graph.nodes.values()].flatMap(({ name, step }) => {
    const llm = modelOf(step)
    return llm === undefined ? [] : [[name, llm] as const]
  })
  const costs = pricesOf(
    models.map(([, llm]) => llm),
    prices
  )
  return new Map(models.map(([name, llm]) => [name, costs.get(llm)!]))
}

/** The folder of a run: that of the same graph's runs, or one of its own. */
const ownDirectory = (
  cacheDir: string,
  pipeline: string,
  signature: string | undefined
): string => {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-")
  const name =
    signature === undefined
      ? `${stamp}-${Math.random().toString(36).slice(2, 6)}`
      : signature.slice(0, 12)
  return join(cacheDir, "runs", pipeline.replaceAll(/[^\p{L}\p{N}._-]/gu, "_"), name)
}
