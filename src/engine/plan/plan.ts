/**
 * The plan of a run: what the nodes of a graph do to rows, which edges rows take, and over which
 * edges a node must know that no more rows of one origin come.
 */
import { type Graph, type GraphNode, lastCommon } from "../../pipeline/Graph.ts"
import type { Routing } from "../../pipeline/Routing.ts"
import type { StepData } from "../../step/Step.ts"

/**
 * What a node does. Gates and leaves are no steps: they route rows, put them in order, or keep
 * them.
 */
export type PlanKind =
  | "generator"
  | "batch"
  | "join"
  | "zip"
  | "concat"
  | "global"
  | "reduce"
  | "gate"
  | "leaf"

/** A node of the plan. */
export interface PlanNode {
  readonly id: number
  readonly name: string
  readonly kind: PlanKind
  readonly step: StepData | undefined
  readonly routing: Routing | undefined
  /** Rows that a gate routes together. */
  readonly batchSize: number
  readonly ins: Array<PlanEdge>
  readonly outs: Array<PlanEdge>
  /** Regions whose tokens are made for each row that leaves this node. */
  readonly starts: Array<Region>
}

/** A way that rows take. */
export interface PlanEdge {
  readonly from: PlanNode
  readonly to: PlanNode
  /** Which of the target's branches it is. */
  readonly arm: number
  /** Regions that this edge is part of. */
  readonly regions: Set<Region>
  /** The region by whose tokens the target knows which positions are complete on this edge. */
  ordered: Region | undefined
}

/** Edges from a node where rows are counted, to a node that waits for all that comes of each row. */
export interface Region {
  readonly from: PlanNode
  readonly to: PlanNode
  /** The one edge into the target that is waited for, or all of them for a join. */
  readonly edge: PlanEdge | undefined
}

export interface Plan {
  readonly nodes: ReadonlyArray<PlanNode>
  readonly leaves: ReadonlyArray<PlanNode>
}

const numbering = new Set<PlanKind>(["generator", "zip", "concat", "global", "reduce"])
const inOrder = new Set<PlanKind>(["zip", "concat", "global", "reduce", "leaf"])

/** Plans a checked graph. */
export const planOf = (graph: Graph): Plan => {
  const nodes: Array<PlanNode> = []
  const make = (
    name: string,
    kind: PlanKind,
    step?: StepData,
    routing?: Routing,
    batchSize = step?.batchSize ?? 1
  ): PlanNode => {
    const node: PlanNode = {
      id: nodes.length,
      name,
      kind,
      step,
      routing,
      batchSize,
      ins: [],
      outs: [],
      starts: []
    }
    nodes.push(node)
    return node
  }
  const connect = (from: PlanNode, to: PlanNode): void => {
    const edge: PlanEdge = { from, to, arm: to.ins.length, regions: new Set(), ordered: undefined }
    from.outs.push(edge)
    to.ins.push(edge)
  }
  const byName = new Map<string, PlanNode>()
  const gates = new Map<string, PlanNode>()
  for (const { from, gather, name, step } of graph.nodes.values()) {
    const node = make(name, kindOf(gather, step), step)
    byName.set(name, node)
    for (const before of from)
      connect(gates.get(`${before} → ${name}`) ?? byName.get(before)!, node)
    for (const { by, to } of graph.routings.filter((routing) => routing.from === name)) {
      const gate = make(name, "gate", undefined, by, step.batchSize)
      connect(node, gate)
      for (const arm of to) gates.set(`${name} → ${arm}`, gate)
    }
  }
  const leaves = graph.leaves.map((name) => {
    const leaf = make(name, "leaf")
    connect(byName.get(name)!, leaf)
    return leaf
  })
  for (const node of nodes) addRegions(node, graph, byName)
  return { nodes, leaves }
}

/** The nodes before one, nearest first. */
export const wayBack = (node: PlanNode): ReadonlyArray<PlanNode> => {
  const found = new Set<PlanNode>()
  const waiting = [...node.ins]
  for (let edge = waiting.shift(); edge !== undefined; edge = waiting.shift()) {
    if (found.has(edge.from)) continue
    found.add(edge.from)
    waiting.push(...edge.from.ins)
  }
  return [...found]
}

const kindOf = (gather: GraphNode["gather"], step: StepData): PlanKind => {
  if (gather === "zip" || gather === "concat") return gather
  if (step.kind === "generator" || step.kind === "global") return step.kind
  if (step.kind === "join") return "join"
  return step.rowCount === "many-to-one" ? "reduce" : "batch"
}

const addRegions = (node: PlanNode, graph: Graph, byName: ReadonlyMap<string, PlanNode>): void => {
  if (node.kind === "join" && node.ins.length > 1) {
    addRegion(byName.get(joinedBy(node, graph))!, node, undefined)
  } else if (
    inOrder.has(node.kind) ||
    (node.kind === "gate" && typeof node.routing !== "function")
  ) {
    for (const edge of node.ins) addRegion(numberedBy(edge.from, graph, byName), node, edge)
  }
}

/** The node by whose rows a join pairs those of its branches. */
const joinedBy = ({ name }: PlanNode, graph: Graph): string =>
  lastCommon(graph.follows, graph.nodes.get(name)!.from)!

const addRegion = (from: PlanNode, to: PlanNode, edge: PlanEdge | undefined): void => {
  const region: Region = { from, to, edge }
  from.starts.push(region)
  const reaching = edge === undefined ? to.ins : [edge]
  const waiting = [...reaching]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.regions.has(region)) continue
    next.regions.add(region)
    if (next.from !== from) waiting.push(...next.from.ins)
  }
  if (edge !== undefined) edge.ordered = region
}

/** The node whose numbering the rows of a node follow. */
const numberedBy = (
  node: PlanNode,
  graph: Graph,
  byName: ReadonlyMap<string, PlanNode>
): PlanNode => {
  if (numbering.has(node.kind)) return node
  if (node.kind === "join" && node.ins.length > 1) {
    return numberedBy(byName.get(joinedBy(node, graph))!, graph, byName)
  }
  return numberedBy(node.ins[0]!.from, graph, byName)
}
