/**
 * A plan at work: its numbers become references, and its nodes get the steps and routings of the
 * graph.
 */
import type { Graph } from "../../pipeline/Graph.ts"
import type { Routing } from "../../pipeline/Routing.ts"
import type { StepData } from "../../step/Step.ts"
import type { Plan, PlanKind } from "./Plan.ts"

export interface PlanNode {
  readonly id: number
  readonly name: string
  readonly kind: PlanKind
  /** Undefined for gates, files and leaves. */
  readonly step: StepData | undefined
  readonly routing: Routing | undefined
  readonly batchSize: number
  readonly ins: ReadonlyArray<PlanEdge>
  readonly outs: ReadonlyArray<PlanEdge>
  readonly starts: ReadonlyArray<Region>
}

export interface PlanEdge {
  readonly from: PlanNode
  readonly to: PlanNode
  readonly arm: number
  readonly regions: ReadonlySet<Region>
  readonly ordered: Region | undefined
}

export interface Region {
  readonly from: PlanNode
  readonly to: PlanNode
  readonly edge: PlanEdge | undefined
}

export interface LinkedPlan {
  readonly nodes: ReadonlyArray<PlanNode>
  readonly leaves: ReadonlyArray<PlanNode>
}

/** Links a plan with the graph that it was made of, or with the same graph in another process. */
export const linked = (plan: Plan, graph: Graph): LinkedPlan => {
  const nodes = plan.nodes.map(({ batchSize, kind, name, routing, rowCount }, id) => ({
    id,
    name,
    kind,
    batchSize,
    step: rowCount === null ? undefined : graph.nodes.get(name)!.step,
    routing: routing === null ? undefined : graph.routings[routing.number]!.by,
    ins: [] as Array<PlanEdge>,
    outs: [] as Array<PlanEdge>,
    starts: [] as Array<Region>
  }))
  const edges = plan.edges.map(({ arm, from, to }) => ({
    from: nodes[from]!,
    to: nodes[to]!,
    arm,
    regions: new Set<Region>(),
    ordered: undefined as Region | undefined
  }))
  const regions = plan.regions.map(({ edge, from, to }) => ({
    from: nodes[from]!,
    to: nodes[to]!,
    edge: edge === null ? undefined : edges[edge]!
  }))
  plan.edges.forEach(({ ordered, regions: of }, i) => {
    const edge = edges[i]!
    for (const region of of) edge.regions.add(regions[region]!)
    edge.ordered = ordered === null ? undefined : regions[ordered]!
  })
  plan.nodes.forEach(({ ins, outs, starts }, i) => {
    const node = nodes[i]!
    node.ins.push(...ins.map((edge) => edges[edge]!))
    node.outs.push(...outs.map((edge) => edges[edge]!))
    node.starts.push(...starts.map((region) => regions[region]!))
  })
  return { nodes, leaves: plan.leaves.map((leaf) => nodes[leaf]!) }
}
