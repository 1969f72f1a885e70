/** Nodes of a plan at work: which code moves the rows of which kind of node. */
import type { Graph } from "../../pipeline/Graph.ts"
import { StepFailed } from "../../step/StepFailed.ts"
import type { Worker } from "../../step/Worker.ts"
import { BatchRun } from "../nodes/BatchRun.ts"
import { CollectRun } from "../nodes/CollectRun.ts"
import { ConcatRun } from "../nodes/ConcatRun.ts"
import { BatchGateRun, RowGateRun } from "../nodes/GateRun.ts"
import { JoinRun } from "../nodes/JoinRun.ts"
import { LeafRun, type Sink } from "../nodes/LeafRun.ts"
import type { Machine } from "../nodes/Machine.ts"
import type { NodeRun } from "../nodes/NodeRun.ts"
import { RowRun } from "../nodes/RowRun.ts"
import { type RowLimits, SourceRun, type SourceStart } from "../nodes/SourceRun.ts"
import { StagedRun } from "../nodes/StagedRun.ts"
import { ZipRun } from "../nodes/ZipRun.ts"
import type { PlanNode } from "../plan/linked.ts"
import { markedWorker } from "../watch/atWork.ts"
import type { RunSpans } from "../watch/RunSpans.ts"
import { tracedWorker } from "../watch/tracedWorker.ts"

/** What nodes are made of. */
export interface Parts {
  readonly graph: Graph
  /** Steps that are loaded. */
  readonly workers: ReadonlyMap<string, Worker>
  readonly sources: ReadonlyMap<string, SourceStart>
  readonly limits: RowLimits
  readonly sinkOf: (leaf: string) => Sink
  readonly spans: RunSpans | undefined
}

/** A node at work. One whose step is not loaded yet keeps its rows until it is. */
export const nodeRun = (machine: Machine, node: PlanNode, parts: Parts): NodeRun => {
  const { graph, sinkOf, workers } = parts
  if (node.kind === "leaf") return new LeafRun(machine, node, sinkOf(node.name))
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
    : stepRun(machine, node, worker, parts)
}

/** A node at work with its step, which is loaded. */
export const stepRun = (
  machine: Machine,
  node: PlanNode,
  opened: Worker,
  { limits, sources, spans }: Omit<Parts, "workers">
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
