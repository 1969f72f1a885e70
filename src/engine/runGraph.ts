/** Runs a graph: opens its steps, moves its rows, and closes what was opened, whatever happens. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { LLMClients } from "../llms/LLMClients.ts"
import type { Graph } from "../pipeline/Graph.ts"
import { StepFailed, StepsFailed } from "../step/StepFailed.ts"
import type { Worker } from "../step/Worker.ts"
import { BatchRun } from "./BatchRun.ts"
import { CollectRun } from "./CollectRun.ts"
import { ConcatRun } from "./ConcatRun.ts"
import { BatchGateRun, RowGateRun } from "./GateRun.ts"
import { JoinRun } from "./JoinRun.ts"
import { LeafRun, type Sink } from "./LeafRun.ts"
import { Machine, type MachineEnd, type NodeRun } from "./Machine.ts"
import { type PlanNode, planOf } from "./plan.ts"
import { RowRun } from "./RowRun.ts"
import { SourceRun } from "./SourceRun.ts"
import { ZipRun } from "./ZipRun.ts"
import { countEvent, type Gauge, type StepTally } from "./Tally.ts"

export interface GraphRunOptions {
  readonly tallies: ReadonlyMap<string, StepTally>
  readonly gauge: Gauge
  readonly sinkOf: (leaf: string) => Sink
  /** At most so many source rows are at work at once. */
  readonly maxActive: number
  /** At most so many rows of each generator. */
  readonly maxRows: number
}

/** Runs a checked graph to its end. Interruption stops all that is in flight, then closes the steps. */
export const runGraph = (graph: Graph, options: GraphRunOptions): Effect.Effect<void, unknown> =>
  Effect.scoped(Effect.gen(function*() {
    const workers = yield* openAll(graph)
    const end = yield* Deferred.make<MachineEnd>()
    const context = yield* Effect.context<never>()
    const machine = new Machine({
      plan: planOf(graph),
      tallies: options.tallies,
      gauge: options.gauge,
      maxActive: options.maxActive,
      fork: Effect.runForkWith(context),
      runOf: (machine, node) => runOf(machine, node, graph, workers, options),
      onEnd: (ended) => Deferred.doneUnsafe(end, Effect.succeed(ended))
    })
    yield* Effect.addFinalizer(() => machine.stop)
    machine.wake()
    const ended = yield* Deferred.await(end)
    if (ended._tag === "Failed") return yield* Effect.fail(ended.error)
  })).pipe(LLMClients.share({
    onEvent: (event) => {
      const tally = options.tallies.get(event.step ?? "")
      if (tally !== undefined) countEvent(tally, event)
    }
  }))

/** Opens all steps, so that all that cannot start are told at once. */
const openAll = (graph: Graph): Effect.Effect<ReadonlyMap<string, Worker>, StepFailed | StepsFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const opened = yield* Effect.forEach(
      graph.nodes.values(),
      ({ name, step }) => Effect.map(Effect.result(step.open), (result) => [name, result] as const),
      { concurrency: "unbounded" }
    )
    const failures = opened.flatMap(([, result]) => Result.isFailure(result) ? [result.failure] : [])
    const [first] = failures
    if (first !== undefined) return yield* failures.length === 1 ? first : new StepsFailed({ failures })
    return new Map(opened.flatMap(([name, result]) => Result.isSuccess(result) ? [[name, result.success] as const] : []))
  })

const runOf = (
  machine: Machine,
  node: PlanNode,
  graph: Graph,
  workers: ReadonlyMap<string, Worker>,
  { maxRows, sinkOf }: GraphRunOptions
): NodeRun => {
  if (node.kind === "leaf") return new LeafRun(machine, node, sinkOf(node.name))
  if (node.kind === "gate") {
    const routing = node.routing!
    return typeof routing === "function" ? new RowGateRun(machine, node, routing as never) : new BatchGateRun(machine, node, routing)
  }
  if (node.kind === "concat") return new ConcatRun(machine, node, Object.keys(graph.incoming.get(node.name)!.columns))
  const worker = workers.get(node.name)!
  if (node.kind === "generator" && worker.kind === "generator") return new SourceRun(machine, node, worker, maxRows)
  if (node.kind === "zip" && worker.kind === "join") return new ZipRun(machine, node, worker)
  if (node.kind === "join" && worker.kind === "join") return new JoinRun(machine, node, worker)
  if (worker.kind === "row") return new RowRun(machine, node, worker)
  if (worker.kind === "batch") return node.kind === "batch" ? new BatchRun(machine, node, worker) : new CollectRun(machine, node, worker)
  throw new StepFailed({ step: node.name, phase: "load", reason: "WrongWorker", detail: `a ${node.kind} step opened as a ${worker.kind} worker` })
}
