/**
 * The story of a run: parameters are checked, what earlier runs left is found, steps are opened,
 * rows move, results are written; what comes back is a Distiset.
 */
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { saveArtifact } from "../../data/distiset/artifacts.ts"
import type { Distiset } from "../../data/distiset/Distiset.ts"
import { CurrentCacheDirectory } from "../../data/rows/cacheDirectory.ts"
import { DataError } from "../../data/rows/DataError.ts"
import type { AnswerLog } from "../../journal/AnswerLog.ts"
import { CurrentBatches } from "../../models/asking/Batches.ts"
import { CurrentDayLedger } from "../../models/asking/DayLimits.ts"
import { shapesWith } from "../../pipeline/check.ts"
import { type AnyPipeline, forgottenSteps } from "../../pipeline/Pipeline.ts"
import { CurrentTools } from "../../step/StepTools.ts"
import { warnings } from "../../step/warnings.ts"
import { modelOf } from "../keep/modelOf.ts"
import type { Sink } from "../nodes/LeafRun.ts"
import type { SourceRange } from "../plan/positionwise.ts"
import { dayLedger } from "../record/dayLedger.ts"
import { resultPaths } from "../record/LeafFiles.ts"
import { PaidAnswers } from "../record/PaidAnswers.ts"
import { checkPrices } from "../record/PriceUnknown.ts"
import { RunRecord } from "../record/RunRecord.ts"
import { SharedBudget } from "../record/SharedBudget.ts"
import { checkFiles, type FilesOfSteps, filesOfSteps } from "../record/StepFiles.ts"
import { AnswersLog } from "../services/AnswersLog.ts"
import { Display } from "../services/Display.ts"
import { endOf, type Measures, Reports } from "../services/Reports.ts"
import { Signals, stopOnProgram } from "../services/Signals.ts"
import { Stories } from "../services/Stories.ts"
import type { GraphEnd } from "../watch/GraphEnd.ts"
import { regularly } from "../watch/regularly.ts"
import { RunEvents } from "../watch/RunEvents.ts"
import { spansOf } from "../watch/RunSpans.ts"
import type { RunSummary } from "../watch/Tally.ts"
import { watchSteps } from "../watch/watchdog.ts"
import { batching } from "./batching.ts"
import { costsOf } from "./costs.ts"
import { newerPrices } from "./newerPrices.ts"
import { type Prepared, prepared } from "./prepared.ts"
import { usualRowsInFlight } from "./rowsInFlight.ts"
import { asRunError, type RunError } from "./runErrors.ts"
import { openFolder } from "./runFolder.ts"
import { runGraph } from "./runGraph.ts"
import type { AnyRunOptions, Trial } from "./RunSettings.ts"
import { type RunWatch, watchRun } from "./RunWatch.ts"

/** What a run needs from outside, besides the services that have a default. */
export type RunServices = Display | Reports | Signals | Stories

const progressMs = 500

/** So often rows in files of steps are written, however few they are. */
const flushMs = 1000

/** Part of a run: rows of the only source, and rows that go on elsewhere. */
export interface Portion {
  /** What it is called where spans are seen. */
  readonly name?: string | undefined
  /** Undefined for all rows. */
  readonly range?: SourceRange | undefined
  /** Where rows go that leave steps for those of another part, by the names of leaves. */
  readonly outlets?: ReadonlyMap<string, Sink> | undefined
  /** What is known of the graph from an earlier part of the run. */
  readonly prepared?: Prepared | undefined
  /**
   * Whether no other run can know its folder, so that it needs no lock, and outputs of its steps
   * are not kept for others.
   */
  readonly isUnseen?: boolean | undefined
  /** False where somebody looks at its files again, and makes them anew if they are damaged. */
  readonly syncs?: boolean | undefined
  /** Leaves that are part of the result; undefined for all. */
  readonly leaves?: ReadonlyArray<string> | undefined
}

/** A run whose folder, log and counters are open. */
interface Opened {
  readonly pipeline: AnyPipeline
  readonly options: AnyRunOptions
  readonly trial: Trial | undefined
  readonly portion: Portion
  readonly run: Prepared
  readonly directory: string
  readonly log: AnswerLog
  readonly watch: RunWatch
  readonly summary: () => RunSummary
  /** Undefined if the run is not measured. */
  readonly measures: Measures | undefined
  /** Undefined if nobody listens. */
  readonly events: RunEvents | undefined
}

/** Runs a pipeline, tries it out, or works on part of it. */
export const execute = (
  pipeline: AnyPipeline,
  options: AnyRunOptions,
  trial?: Trial,
  portion: Portion = {}
): Effect.Effect<Distiset<unknown>, RunError, RunServices> =>
  Effect.scoped(
    Effect.gen(function* () {
      const run = portion.prepared ?? (yield* prepared(pipeline, options, trial))
      const opened = yield* open(pipeline, options, trial, portion, run)
      return yield* Effect.onExit(done(opened), (exit) =>
        Effect.sync(() => opened.events?.ended(exit))
      )
    })
  )

/** Does what a run has to do. */
const done = Effect.fnUntraced(function* (
  opened: Opened
): Effect.fn.Return<Distiset<unknown>, RunError, RunServices | Scope.Scope> {
  const answers = answersOf(opened, yield* Clock.Clock)
  const record = yield* recordOf(opened, answers)
  yield* watchSteps(opened.run.graph.nodes.keys())
  if (opened.options.signals !== false) yield* (yield* Signals).stopOn(opened.watch.control)
  yield* stopOnProgram(opened.watch.control)
  const end = yield* moved(opened, answers, record)
  return yield* finished(opened, record, end)
})

const open = Effect.fnUntraced(function* (
  pipeline: AnyPipeline,
  options: AnyRunOptions,
  trial: Trial | undefined,
  portion: Portion,
  run: Prepared
): Effect.fn.Return<Opened, RunError, Reports | Scope.Scope> {
  const { graph, identity } = run
  const directory = yield* openFolder(pipeline.name, run, options.outputDir, {
    isTrial: trial !== undefined,
    isUnseen: portion.isUnseen === true
  })
  const log = yield* (yield* AnswersLog).open(join(run.cacheDir, "responses"), {
    durability: options.durability ?? "process"
  })
  const costs = costsOf(graph, options.prices, yield* newerPrices(run.cacheDir))
  if (options.maxCost !== undefined || options.budget !== undefined)
    yield* checkPrices(pipeline.name, graph, costs)
  const shared =
    options.budget === undefined
      ? undefined
      : yield* SharedBudget.open(run.cacheDir, options.budget)
  const watch = yield* watchRun(pipeline.name, graph, costs, () => log.damage.length, {
    ...options,
    shared
  })
  const notices = run.continues ? identity.notices : []
  const summary = (): RunSummary => ({ ...watch.summary(), notices })
  const reports = yield* Reports
  const measures =
    options.report === false || trial?.graphOf !== undefined
      ? undefined
      : yield* reports.measure({
          pipeline: { ...pipeline, graph },
          directory,
          signature: identity.signature,
          tallies: watch.tallies,
          summary,
          resumes: run.resumes
        })
  const events =
    options.onEvent === undefined || trial?.graphOf !== undefined
      ? undefined
      : new RunEvents({
          observer: options.onEvent,
          summary,
          costOf: (step, used) => watch.costOf(step, used),
          warn: yield* warnings
        })
  events?.emit({
    kind: "run started",
    pipeline: pipeline.name,
    directory,
    steps: [...graph.nodes.keys()]
  })
  if (events !== undefined) yield* regularly(progressMs, events.progress)
  return {
    pipeline,
    options,
    trial,
    portion,
    run,
    directory,
    log,
    watch,
    summary,
    measures,
    events
  }
})

/** Answers that were paid for before, and those that will be. */
const answersOf = (
  { log, pipeline, run: { graph, useCache }, watch }: Opened,
  clock: Clock.Clock
): PaidAnswers =>
  new PaidAnswers(log, {
    now: () => clock.currentTimeMillisUnsafe(),
    pipeline: pipeline.name,
    steps: [...graph.nodes.values()].flatMap(({ name, step }) =>
      modelOf(step) === undefined ? [] : [name]
    ),
    recalls: useCache,
    costOf: (step, used) => watch.costOf(step, used),
    mayAsk: () => watch.control.reason === undefined,
    onSpent: watch.onSpent
  })

/** What an earlier run in the folder left that still holds. */
const recordOf = Effect.fnUntraced(function* (
  { directory, events, log, measures, pipeline, portion, run, trial, watch }: Opened,
  answers: PaidAnswers
): Effect.fn.Return<RunRecord, RunError, Stories | Scope.Scope> {
  const { continues, graph, identity, resumes, retryFailed } = run
  const stories = yield* Stories
  // An estimate writes none.
  const files: FilesOfSteps = trial?.graphOf === undefined ? filesOfSteps(graph) : new Map()
  const leaves = portion.leaves ?? graph.leaves
  yield* checkFiles(files, resultPaths(directory, leaves))
  return yield* RunRecord.open({
    directory,
    signature: identity.signature,
    leaves,
    files,
    shapes: (sources) => shapesWith(graph, sources),
    story: stories.storyOf({ ...pipeline, graph }, directory),
    continues,
    resumes: resumes && !retryFailed,
    syncs: portion.syncs !== false,
    staysFinished:
      identity.trust.finished && [...graph.nodes.values()].every(({ step }) => step.useCache),
    onBegin: (beginning) => {
      answers.begin(beginning)
      watch.begin([...log.spent(beginning.paid), ...(measures?.spentBefore ?? [])])
      measures?.begin(beginning.start)
      if (beginning.start > 0) events?.emit({ kind: "resumed", position: beginning.start })
    },
    claimsBefore: (position) => answers.claimsBefore(position),
    onCheckpoint: (position) => {
      measures?.markAt(position)
      events?.emit({ kind: "checkpoint", position })
    },
    onDamage: yield* warnings
  })
})

/** Moves the rows, in sight of whoever looks on. */
const moved = Effect.fnUntraced(function* (
  opened: Opened,
  answers: PaidAnswers,
  record: RunRecord
): Effect.fn.Return<GraphEnd, RunError, Display | Scope.Scope> {
  const { directory, events, measures, options, pipeline, portion, run, summary, trial, watch } =
    opened
  const display = yield* Display
  if (filesOfSteps(run.graph).size > 0) yield* regularly(flushMs, record.flushFiles)
  const jobs = yield* batching(run.cacheDir, options.batches ?? {}, watch, trial === undefined)
  const spans = yield* spansOf({
    pipeline: pipeline.name,
    name: portion.name ?? `run ${pipeline.name}`,
    tallies: watch.tallies.values(),
    costOf: (step, used) => watch.costOf(step, used)
  })
  const days = yield* dayLedger(run.cacheDir)
  return yield* runGraph(run.identity.graph, {
    signatures: run.identity.steps,
    tallies: watch.tallies,
    gauge: watch.gauge,
    elapsedMs: watch.elapsedMs,
    control: watch.control,
    record,
    stepsDirectory:
      run.useCache && portion.isUnseen !== true ? join(run.cacheDir, "steps") : undefined,
    stages: run.stages,
    spillDirectory: directory,
    retriesFailed: run.retryFailed,
    answers,
    onEvent: (event) => {
      watch.onEvent(event)
      measures?.onEvent(event)
      spans?.onEvent(event)
      events?.onRequest(event)
      trial?.onEvent?.(event)
    },
    spans,
    onFailed: events?.emit,
    catchUp: jobs.catchUp,
    ended: jobs.ended,
    onRest: jobs.onRest,
    ...(measures === undefined ? {} : { onCounts: measures.onCounts, onLate: measures.onLate }),
    sinkOf: (leaf, marked) => {
      const outlet = portion.outlets?.get(leaf)
      if (outlet === undefined) return record.sink(leaf, marked)
      return portion.leaves?.includes(leaf) === true
        ? both(record.sink(leaf, marked), outlet)
        : outlet
    },
    fileOf: (step, marked) => record.fileSink(step, marked),
    maxActive: options.maxRowsInFlight ?? usualRowsInFlight(run.identity.graph),
    from: portion.range?.from,
    limits: {
      sample: trial?.rows ?? portion.range?.to ?? Infinity,
      budget: options.maxRows ?? Infinity
    }
  }).pipe(
    Effect.tap((end) => (end === "done" ? record.completeFiles : Effect.void)),
    Effect.provideService(CurrentCacheDirectory, run.cacheDir),
    Effect.provideService(CurrentBatches, jobs.deliver),
    Effect.provideService(CurrentDayLedger, days),
    Effect.provideService(CurrentTools, (step) => ({
      saveArtifact: (name, write, metadata) => saveArtifact(directory, step, name, write, metadata)
    })),
    Effect.raceFirst(watch.control.left),
    display.show({ mode: options.progress ?? "auto", summary, forgotten: forgottenSteps() }),
    Effect.onExit((exit) =>
      Effect.sync(() => {
        if (Exit.isFailure(exit) || exit.value === "stopped") record.abandon()
        options.onSummary?.(summary())
      })
    ),
    Effect.onExit((exit) =>
      Exit.isFailure(exit) ? (measures?.report(endOf(exit.cause)) ?? Effect.void) : Effect.void
    ),
    Effect.catch(asRunError),
    (moving) =>
      spans === undefined
        ? moving
        : moving.pipe(
            Effect.provideService(Tracer.ParentSpan, spans.run),
            Effect.onExit((exit) => Effect.sync(() => spans.end(exit, watch.tallies.values())))
          )
  )
})

/** Rows of a leaf that go on elsewhere too. */
const both = (leaf: Sink, outlet: Sink): Sink => ({
  ...leaf,
  row: (row, text) => {
    outlet.row(row)
    leaf.row(row, text)
  },
  error: (row, failure) => {
    outlet.error(row, failure)
    leaf.error(row, failure)
  }
})

/** Closes the files of a run whose rows moved as far as they could. */
const finished = Effect.fnUntraced(function* (
  { directory, measures, watch }: Opened,
  record: RunRecord,
  end: GraphEnd
): Effect.fn.Return<Distiset<unknown>, RunError> {
  if (end === "stopped") {
    const stopped = watch.stopped(directory)
    yield* measures?.report({ end: "stopped", detail: stopped.why }) ?? Effect.void
    return yield* stopped
  }
  const distiset = yield* Effect.try({
    try: () => (end === "done before" ? record.finished() : undefined) ?? record.close(),
    catch: (thrown) => DataError.of("write", directory, thrown)
  })
  yield* measures?.report({ end: "finished", distiset }) ?? Effect.void
  return distiset
})
