/** Runs a graph: opens its steps, moves its rows, and closes what was opened, whatever happens. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Answers } from "../../models/asking/Answers.ts"
import { LLMClients } from "../../models/asking/LLMClients.ts"
import type { Observer } from "../../models/chat/LLMEvents.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import type { AnsweredLate } from "../../step/Attempts.ts"
import { StepFailed } from "../../step/StepFailed.ts"
import { warnings } from "../../step/warnings.ts"
import type { GeneratorWorker, Worker } from "../../step/Worker.ts"
import { keepingOf } from "../keep/Keeping.ts"
import { SourceHash } from "../keep/SourceHash.ts"
import { BatchRun } from "../nodes/BatchRun.ts"
import { CollectRun } from "../nodes/CollectRun.ts"
import { ConcatRun } from "../nodes/ConcatRun.ts"
import { BatchGateRun, RowGateRun } from "../nodes/GateRun.ts"
import { JoinRun } from "../nodes/JoinRun.ts"
import { LeafRun, type Sink } from "../nodes/LeafRun.ts"
import { checkSteps, loadSteps, stageLoader } from "../nodes/loading.ts"
import { Machine, type MachineEnd } from "../nodes/Machine.ts"
import type { NodeRun } from "../nodes/NodeRun.ts"
import { RowRun } from "../nodes/RowRun.ts"
import { type RowLimits, SourceRun, type SourceStart } from "../nodes/SourceRun.ts"
import { quietHash, type Starts, startsAfter, startsAnew } from "../nodes/sourceStarts.ts"
import { StagedRun } from "../nodes/StagedRun.ts"
import { ZipRun } from "../nodes/ZipRun.ts"
import { linked, type PlanNode } from "../plan/linked.ts"
import { planOf } from "../plan/planning.ts"
import { blockOf } from "../plan/positionwise.ts"
import type { RunRecord } from "../record/RunRecord.ts"
import { markedWorker } from "../watch/atWork.ts"
import type { GraphEnd } from "../watch/GraphEnd.ts"
import type { RunObserver } from "../watch/RunEvent.ts"
import type { RunSpans } from "../watch/RunSpans.ts"
import { StepCounts } from "../watch/StepCounts.ts"
import { countEvent, type Gauge, type StepTally } from "../watch/Tally.ts"
import { tracedWorker } from "../watch/tracedWorker.ts"
import type { RunControl } from "./RunControl.ts"

export interface GraphRunOptions {
  readonly tallies: ReadonlyMap<string, StepTally>
  readonly gauge: Gauge
  /** Milliseconds since the run began, on its clock. */
  readonly elapsedMs: () => number
  readonly sinkOf: (leaf: string, marked: boolean) => Sink
  /** At most so many source rows are at work at once. */
  readonly maxActive: number
  /** At most so many rows of each generator. */
  readonly limits: RowLimits
  /** Stops the run from outside; undefined if nothing can. */
  readonly control?: RunControl | undefined
  /** What is kept for later runs and taken from earlier ones; undefined to begin and end alone. */
  readonly record?: RunRecord | undefined
  /** The folder for outputs of steps; undefined to keep none. */
  readonly stepsDirectory?: string | undefined
  /** The signatures of the steps; without them no outputs are kept. */
  readonly signatures?: ReadonlyMap<string, string> | undefined
  /** A folder for rows that have to wait. */
  readonly spillDirectory: string
  /** The steps of each load stage; undefined to load all at once. */
  readonly stages?: ReadonlyArray<ReadonlyArray<string>> | undefined
  /** Whether what made error rows before is asked for again. */
  readonly retriesFailed: boolean
  /** Answers that were paid for before. */
  readonly answers?: Answers | undefined
  readonly onEvent?: Observer | undefined
  /** Is notified of rows that fail. */
  readonly onFailed?: RunObserver | undefined
  /** Spans of the run; undefined where nobody would see them. */
  readonly spans?: RunSpans | undefined
  /** Is told of a step's answers that took more than one attempt. */
  readonly onLate?: ((step: string, answered: AnsweredLate) => void) | undefined
  /** Is given the counts of all steps before any row moves; without it they are not kept by blocks. */
  readonly onCounts?: ((counts: ReadonlyMap<string, StepCounts>) => void) | undefined
}

/** Runs a checked graph to its end. Interruption stops all that is in flight, then closes the steps. */
export const runGraph = (
  graph: Graph,
  options: GraphRunOptions
): Effect.Effect<GraphEnd, unknown> =>
  ran(graph, options).pipe(
    LLMClients.share({
      answers: options.answers,
      onEvent: (event) => {
        const tally = options.tallies.get(event.step ?? "")
        if (tally !== undefined) countEvent(tally, event, options.elapsedMs())
        options.onEvent?.(event)
      }
    })
  )

const noteColumns = (record: RunRecord | undefined, workers: ReadonlyMap<string, Worker>): void => {
  for (const [name, worker] of workers)
    if (worker.kind === "generator" && worker.columns !== undefined)
      record?.columns(name, worker.columns)
}

const ran = (graph: Graph, options: GraphRunOptions): Effect.Effect<GraphEnd, unknown> =>
  Effect.scoped(
    Effect.gen(function* () {
      const plan = planOf(graph)
      const block = blockOf(plan)
      const { onFailed, record } = options
      const onBlock = (position: number, rows: string): void => record?.sourceAt(position, rows)
      let sourcesFirst: ReadonlyMap<string, Worker> = new Map()
      let starts: Starts | undefined
      const hasPast =
        record !== undefined && (record.finish !== undefined || record.checkpoints.length > 0)
      // Sources first: if all was done before, no model needs to be there.
      if (hasPast || options.stages !== undefined)
        sourcesFirst = yield* loadSteps(graph, ({ kind }) => kind === "generator")
      noteColumns(record, sourcesFirst)
      if (hasPast) starts = yield* startsAfter(generators(sourcesFirst), record, block, onBlock)
      if (starts?.finished === true) return "done before"
      yield* checkSteps(graph)
      const nextStage = yield* stageLoader(
        graph,
        options.stages ?? [[...graph.nodes.keys()]],
        sourcesFirst
      )
      const workers = new Map([
        ...sourcesFirst,
        ...(yield* nextStage() ?? Effect.succeed(sourcesFirst))
      ])
      noteColumns(record, workers)
      const hash = (): SourceHash | undefined =>
        record === undefined
          ? undefined
          : block === undefined
            ? quietHash()
            : new SourceHash(block, onBlock)
      const { kept, sources } = starts ?? startsAnew(generators(workers), hash)
      record?.begin(kept, block !== undefined)
      for (const [name, { hash }] of sources)
        if (hash !== undefined) record?.source(name, () => hash.sum)
      // Before the machine's own finalizer, which so stops whoever reads from them first.
      yield* Effect.addFinalizer(() =>
        Effect.forEach(sources.values(), ({ reader }) => reader.release, { discard: true })
      )
      const start = kept.at(-1)?.position ?? 0
      const keeping = yield* keepingOf(graph, { ...options, start, block: block ?? Infinity })
      const end = yield* Deferred.make<MachineEnd>()
      const counts = new Map(
        [...options.tallies].map(([name, tally]) => [
          name,
          new StepCounts(
            tally,
            options.onCounts === undefined ? undefined : block,
            onFailed === undefined
              ? undefined
              : (position, reason) => onFailed({ kind: "row failed", step: name, position, reason })
          )
        ])
      )
      options.onCounts?.(counts)
      const context = yield* Effect.context<never>()
      const machine = new Machine({
        plan: linked(plan, graph),
        tallies: options.tallies,
        counts,
        gauge: options.gauge,
        keeping,
        onLate: options.onLate ?? (() => {}),
        warn: yield* warnings,
        maxActive: options.maxActive,
        fork: Effect.runForkWith(context),
        runOf: (machine, node) => runOf(machine, node, graph, { workers, sources, block, options }),
        runWith: (machine, node, worker) => stepRun(machine, node, worker, sources, options),
        nextStage,
        onEnd: (ended) => Deferred.doneUnsafe(end, Effect.succeed(ended))
      })
      yield* Effect.addFinalizer(() => machine.stop)
      options.control?.attach(machine)
      machine.wake()
      const ended = yield* Deferred.await(end)
      if (ended._tag === "Failed") return yield* Effect.fail(ended.error)
      return ended._tag === "Done" ? "done" : "stopped"
    })
  )

const generators = (workers: ReadonlyMap<string, Worker>): ReadonlyMap<string, GeneratorWorker> =>
  new Map(
    [...workers].flatMap(([name, worker]) =>
      worker.kind === "generator" ? [[name, worker] as const] : []
    )
  )

interface Opened {
  readonly workers: ReadonlyMap<string, Worker>
  readonly sources: ReadonlyMap<string, SourceStart>
  readonly block: number | undefined
  readonly options: GraphRunOptions
}

const runOf = (
  machine: Machine,
  node: PlanNode,
  graph: Graph,
  { block, options, sources, workers }: Opened
): NodeRun => {
  if (node.kind === "leaf")
    return new LeafRun(machine, node, options.sinkOf(node.name, block !== undefined))
  if (node.kind === "gate") {
    const routing = node.routing!
    return typeof routing === "function"
      ? new RowGateRun(machine, node, routing as never)
      : new BatchGateRun(machine, node, routing)
  }
  if (node.kind === "concat")
    return new ConcatRun(machine, node, Object.keys(graph.incoming.get(node.name)!.columns))
  const worker = workers.get(node.name)
  return worker === undefined
    ? new StagedRun(machine, node.name)
    : stepRun(machine, node, worker, sources, options)
}

/** A step at work. */
const stepRun = (
  machine: Machine,
  node: PlanNode,
  opened: Worker,
  sources: ReadonlyMap<string, SourceStart>,
  { limits, spans }: GraphRunOptions
): NodeRun => {
  const marked = markedWorker(opened, node.name)
  const worker = spans === undefined ? marked : tracedWorker(marked, spans.step(node.name))
  const start = sources.get(node.name)
  if (node.kind === "generator" && start !== undefined)
    return new SourceRun(machine, node, start, limits)
  if (node.kind === "zip" && worker.kind === "join") return new ZipRun(machine, node, worker)
  if (node.kind === "join" && worker.kind === "join") return new JoinRun(machine, node, worker)
  if (worker.kind === "row") return new RowRun(machine, node, worker)
  if (worker.kind === "batch")
    return node.kind === "batch"
      ? new BatchRun(machine, node, worker)
      : new CollectRun(machine, node, worker)
  throw new StepFailed({
    step: node.name,
    phase: "load",
    reason: "WrongWorker",
    detail: `a ${node.kind} step opened as a ${worker.kind} worker`
  })
}
