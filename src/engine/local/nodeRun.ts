/** Nodes of a plan at work: which code moves the rows of which kind of node. */
import type { Graph } from "../../pipeline/Graph.ts"
import { StepFailed } from "../../step/StepFailed.ts"
import type { Worker } from "../../step/Worker.ts"
import { BatchRun } from "../nodes/BatchRun.ts"
import { CollectRun } from "../nodes/CollectRun.ts"
import { ConcatRun } from "../nodes/ConcatRun.ts"
import { FileRun } from "../nodes/FileRun.ts"
import { BatchGateRun, RowGateRun } from "../nodes/GateRun.ts"
import { JoinRun } from "../nodes/JoinRun.ts"
import { LeafRun, type Sink } from "../nodes/LeafRun.ts"
import type { Moves } from "../nodes/Moves.ts"
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
  readonly fileOf: (step: string) => Sink
  readonly spans: RunSpans | undefined
}

/** A node at work. One whose step is not loaded yet keeps its rows until it is. */
export const nodeRun = (moves: Moves, node: PlanNode, parts: Parts): NodeRun => {
  const { fileOf, graph, sinkOf, workers } = parts
  if (node.kind === "leaf") return new LeafRun(moves, node, sinkOf(node.name))
  if (node.kind === "file") return new FileRun(moves, node, fileOf(node.name))
  if (node.kind === "gate") {
    const routing = node.routing!
    return typeof routing === "function"
      ? new RowGateRun(moves, node, routing as never)
      : new BatchGateRun(moves, node, routing)
  }
  if (node.kind === "concat")
    return new ConcatRun(moves, node, Object.keys(graph.incoming.get(node.name)!.columns))
  const worker = workers.get(node.name)
  return worker === undefined
    ? new StagedRun(moves, node.name)
    : stepRun(moves, node, worker, parts)
}

/** A node at work with its step, which is loaded. */
export const stepRun = (
  moves: Moves,
  node: PlanNode,
  opened: Worker,
  { limits, sources, spans }: Omit<Parts, "workers">
): NodeRun => {
  const marked = markedWorker(opened, node.name)
  const worker = spans === undefined ? marked : tracedWorker(marked, spans.step(node.name))
  const start = sources.get(node.name)
  if (node.kind === "generator" && start !== undefined)
    return new SourceRun(moves, node, start, limits)
  if (node.kind === "zip" && worker.kind === "join") return new ZipRun(moves, node, worker)
  if (node.kind === "join" && worker.kind === "join") return new JoinRun(moves, node, worker)
  if (worker.kind === "row") return new RowRun(moves, node, worker)
  if (worker.kind === "batch")
    return node.kind === "batch"
      ? new BatchRun(moves, node, worker)
      : new CollectRun(moves, node, worker)
  throw new StepFailed({
    step: node.name,
    phase: "load",
    reason: "WrongWorker",
    detail: `a ${node.kind} step opened as a ${worker.kind} worker`
  })
}
