/** Runs a graph: opens its steps, moves its rows, and closes what was opened, whatever happens. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Answers } from "../../models/asking/Answers.ts"
import { LLMClients } from "../../models/asking/LLMClients.ts"
import type { Observer } from "../../models/chat/LLMEvents.ts"
import type { Graph } from "../../pipeline/Graph.ts"
import type { AnsweredLate } from "../../step/Attempts.ts"
import type { StepFailed, StepsFailed } from "../../step/StepFailed.ts"
import { warnings } from "../../step/warnings.ts"
import type { GeneratorWorker } from "../../step/Worker.ts"
import { keepingOf } from "../keep/Keeping.ts"
import { SourceHash } from "../keep/SourceHash.ts"
import type { Sink } from "../nodes/LeafRun.ts"
import {
  checkSteps,
  loadSteps,
  type NextStage,
  stageLoader,
  type Workers
} from "../nodes/loading.ts"
import { Machine, type MachineEnd } from "../nodes/Machine.ts"
import type { RowLimits, SourceStart } from "../nodes/SourceRun.ts"
import { quietHash, startsAfter, startsAnew } from "../nodes/sourceStarts.ts"
import { linked } from "../plan/linked.ts"
import type { Plan } from "../plan/Plan.ts"
import { planOf } from "../plan/planning.ts"
import { blockOf } from "../plan/positionwise.ts"
import type { RunRecord } from "../record/RunRecord.ts"
import type { GraphEnd } from "../watch/GraphEnd.ts"
import type { RunObserver } from "../watch/RunEvent.ts"
import type { RunSpans } from "../watch/RunSpans.ts"
import { StepCounts } from "../watch/StepCounts.ts"
import { countEvent, type Gauge, type StepTally } from "../watch/Tally.ts"
import { nodeRun, type Parts, stepRun } from "./nodeRun.ts"
import type { RunControl } from "./RunControl.ts"

export interface GraphRunOptions {
  readonly tallies: ReadonlyMap<string, StepTally>
  readonly gauge: Gauge
  /** Milliseconds since the run began, on its clock. */
  readonly elapsedMs: () => number
  readonly sinkOf: (leaf: string, marked: boolean) => Sink
  /** Where the rows of a step with a file of its own go. */
  readonly fileOf: (step: string, marked: boolean) => Sink
  /** At most so many source rows are at work at once. */
  readonly maxActive: number
  /** At most so many rows of each generator. */
  readonly limits: RowLimits
  /** The position of the one source at which the run begins; 0 if it is left out. */
  readonly from?: number | undefined
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
  /** Takes answers that came while no process was there, before any row moves. */
  readonly catchUp?: Effect.Effect<void> | undefined
  /** What is to be done once no row moves any more, with models still open. */
  readonly ended?: Effect.Effect<void> | undefined
  /** Is told that nothing moves until a job of a batch API is done. */
  readonly onRest?: ((machine: Resting) => void) | undefined
  /** Is told of a step's answers that took more than one attempt. */
  readonly onLate?: ((step: string, answered: AnsweredLate) => void) | undefined
  /** Is given the counts of all steps before any row moves; without it they are not kept by blocks. */
  readonly onCounts?: ((counts: ReadonlyMap<string, StepCounts>) => void) | undefined
}

/** A machine that may wait for jobs of batch APIs. */
export interface Resting {
  /** Whether nothing moves until such a job is done. */
  readonly rests: boolean
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

/** Where a run begins, with its steps loaded. */
interface Begun {
  readonly workers: Workers
  readonly sources: ReadonlyMap<string, SourceStart>
  /** The position before which all rows are through. */
  readonly start: number
  /** Loads the next stage; gives nothing once there is none. */
  readonly nextStage: NextStage
}

/** Loads the steps, moves the rows, and says how that ended. */
const ran = Effect.fnUntraced(function* (graph: Graph, options: GraphRunOptions) {
  const plan = planOf(graph)
  const block = blockOf(plan)
  const begun = yield* beginning(graph, options, block)
  if (begun === undefined) return "done before" as const
  const end = yield* Deferred.make<MachineEnd>()
  const machine = yield* machineOf(graph, plan, options, block, begun, (ended) =>
    Deferred.doneUnsafe(end, Effect.succeed(ended))
  )
  options.control?.attach(machine)
  yield* options.catchUp ?? Effect.void
  machine.wake()
  const ended = yield* Deferred.await(end)
  yield* options.ended ?? Effect.void
  if (ended._tag === "Failed") return yield* Effect.fail(ended.error)
  return ended._tag === "Done" ? ("done" as const) : ("stopped" as const)
}, Effect.scoped)

/** Finds where the run begins; undefined if all was done before. */
const beginning = Effect.fnUntraced(function* (
  graph: Graph,
  { from = 0, record, stages }: GraphRunOptions,
  block: number | undefined
): Effect.fn.Return<Begun | undefined, StepFailed | StepsFailed, Scope.Scope> {
  let states: ReadonlyArray<() => unknown> = []
  const onBlock = (position: number, rows: string): void =>
    record?.sourceAt(position, rows, states[0]?.())
  const hasPast =
    record !== undefined && (record.finish !== undefined || record.checkpoints.length > 0)
  // Sources first: if all was done before, no model needs to be there.
  const sourcesFirst: Workers =
    hasPast || stages !== undefined
      ? yield* loadSteps(graph, ({ kind }) => kind === "generator")
      : new Map()
  noteColumns(record, sourcesFirst)
  const after = hasPast
    ? yield* startsAfter(
        generators(sourcesFirst),
        record,
        block,
        onBlock,
        (name) => graph.nodes.get(name)!.step.goesOn
      )
    : undefined
  if (after?.finished === true) return undefined
  yield* checkSteps(graph)
  const nextStage = yield* stageLoader(graph, stages ?? [[...graph.nodes.keys()]], sourcesFirst)
  const workers = new Map([
    ...sourcesFirst,
    ...(yield* nextStage() ?? Effect.succeed(sourcesFirst))
  ])
  noteColumns(record, workers)
  states = [...generators(workers).values()].flatMap(({ state }) => state ?? [])
  const hash = (): SourceHash | undefined => {
    if (record === undefined) return undefined
    return block === undefined ? quietHash() : new SourceHash(block, onBlock, from)
  }
  const { kept, sources } = after ?? startsAnew(generators(workers), hash, from)
  yield* Effect.try({
    try: () => record?.begin(kept, block !== undefined),
    // Files of steps that cannot be written; anything else is looked at with all that ends a run.
    catch: (thrown) => thrown as StepFailed
  })
  for (const [name, { hash }] of sources)
    if (hash !== undefined) record?.source(name, () => hash.sum)
  // Before the machine's own finalizer, which so stops whoever reads from them first.
  yield* Effect.addFinalizer(() =>
    Effect.forEach(sources.values(), ({ reader }) => reader.release, { discard: true })
  )
  return { workers, sources, start: kept.at(-1)?.position ?? from, nextStage }
})

/** The machine with all nodes at work; it stops with the scope. */
const machineOf = Effect.fnUntraced(function* (
  graph: Graph,
  plan: Plan,
  options: GraphRunOptions,
  block: number | undefined,
  { nextStage, sources, start, workers }: Begun,
  onEnd: (ended: MachineEnd) => void
): Effect.fn.Return<Machine, never, Scope.Scope> {
  const { fileOf, limits, onCounts, onFailed, sinkOf, spans, tallies } = options
  const linkedPlan = linked(plan, graph)
  const counts = new Map(
    [...tallies].map(([name, tally]) => [
      name,
      new StepCounts(
        tally,
        onCounts === undefined ? undefined : block,
        onFailed === undefined
          ? undefined
          : (position, reason) => onFailed({ kind: "row failed", step: name, position, reason })
      )
    ])
  )
  onCounts?.(counts)
  const machine = new Machine({
    plan: linkedPlan,
    tallies,
    counts,
    gauge: options.gauge,
    keeping: yield* keepingOf(graph, { ...options, start, block: block ?? Infinity }),
    onLate: options.onLate ?? (() => {}),
    warn: yield* warnings,
    maxActive: options.maxActive,
    fork: Effect.runForkWith(yield* Effect.context<never>()),
    nextStage,
    onRest: () => options.onRest?.(machine),
    onEnd
  })
  const parts: Parts = {
    graph,
    workers,
    sources,
    limits,
    spans,
    sinkOf: (leaf) => sinkOf(leaf, block !== undefined),
    fileOf: (step) => fileOf(step, block !== undefined)
  }
  machine.take(
    linkedPlan.nodes.map((node) => nodeRun(machine, node, parts)),
    (node, worker) => stepRun(machine, node, worker, parts)
  )
  yield* Effect.addFinalizer(() => machine.stop)
  return machine
})

const noteColumns = (record: RunRecord | undefined, workers: Workers): void => {
  for (const [name, worker] of workers)
    if (worker.kind === "generator" && worker.columns !== undefined)
      record?.columns(name, worker.columns)
}

const generators = (workers: Workers): ReadonlyMap<string, GeneratorWorker> =>
  new Map(
    [...workers].flatMap(([name, worker]) =>
      worker.kind === "generator" ? [[name, worker] as const] : []
    )
  )
