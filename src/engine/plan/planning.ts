/**
 * Planning a run: what the nodes of a graph do to rows, which edges rows take, and over which edges
 * a node must know that no more rows of one origin come.
 */
import { type Graph, type GraphNode, lastCommon } from "../../pipeline/Graph.ts"
import type { StepData } from "../../step/Step.ts"
import type { Plan, PlanKind, PlannedEdge, PlannedNode, PlannedRegion } from "./Plan.ts"

/** Parts of a plan that is being made. */
type Growing<Part> = {
  -readonly [K in keyof Part]: Part[K] extends ReadonlyArray<number> ? Array<number> : Part[K]
}
type Node = Growing<PlannedNode>

interface Making {
  readonly graph: Graph
  readonly nodes: Array<Node>
  readonly edges: Array<Growing<PlannedEdge>>
  readonly regions: Array<PlannedRegion>
  /** The number of each step's node. */
  readonly byName: Map<string, number>
}

const numbering = new Set<PlanKind>(["generator", "zip", "concat", "global", "reduce"])
const inOrder = new Set<PlanKind>(["zip", "concat", "global", "reduce", "file", "leaf"])

/** Plans a checked graph. */
export const planOf = (graph: Graph): Plan => {
  const making: Making = { graph, nodes: [], edges: [], regions: [], byName: new Map() }
  const gates = new Map<string, number>()
  const files: Array<number> = []
  for (const { from, gather, name, step } of graph.nodes.values()) {
    const { batchSize, rowCount } = step
    const node = add(making, {
      name,
      kind: kindOf(gather, step),
      rowCount,
      routing: null,
      batchSize
    })
    making.byName.set(name, node)
    for (const before of from)
      connect(making, gates.get(`${before} → ${name}`) ?? making.byName.get(before)!, node)
    if (step.file !== undefined) {
      const file = add(making, { name, kind: "file", rowCount: null, routing: null, batchSize: 1 })
      connect(making, node, file)
      files.push(file)
    }
    graph.routings.forEach(({ by, from: routed, to }, number) => {
      if (routed !== name) return
      const routing = { number, by: typeof by === "function" ? "row" : "batch" } as const
      const gate = add(making, { name, kind: "gate", rowCount: null, routing, batchSize })
      connect(making, node, gate)
      for (const arm of to) gates.set(`${name} → ${arm}`, gate)
    })
  }
  const leaves = graph.leaves.map((name) => {
    const leaf = add(making, { name, kind: "leaf", rowCount: null, routing: null, batchSize: 1 })
    connect(making, making.byName.get(name)!, leaf)
    return leaf
  })
  making.nodes.forEach((node, number) => addRegions(making, node, number))
  const { edges, nodes, regions } = making
  return { nodes, edges, regions, leaves: [...files, ...leaves] }
}

/** The numbers of the nodes before one, nearest first. */
export const wayBack = ({ edges, nodes }: Plan, node: PlannedNode): ReadonlyArray<number> => {
  const found = new Set<number>()
  const waiting = [...node.ins]
  for (let edge = waiting.shift(); edge !== undefined; edge = waiting.shift()) {
    const { from } = edges[edge]!
    if (found.has(from)) continue
    found.add(from)
    waiting.push(...nodes[from]!.ins)
  }
  return [...found]
}

const add = ({ nodes }: Making, node: Omit<PlannedNode, "ins" | "outs" | "starts">): number =>
  nodes.push({ ...node, ins: [], outs: [], starts: [] }) - 1

const connect = ({ edges, nodes }: Making, from: number, to: number): void => {
  const arm = nodes[to]!.ins.length
  const edge = edges.push({ from, to, arm, regions: [], ordered: null }) - 1
  nodes[from]!.outs.push(edge)
  nodes[to]!.ins.push(edge)
}

const kindOf = (gather: GraphNode["gather"], step: StepData): PlanKind => {
  if (gather === "zip" || gather === "concat") return gather
  if (step.kind === "generator" || step.kind === "global") return step.kind
  if (step.kind === "join") return "join"
  return step.rowCount === "many-to-one" ? "reduce" : "batch"
}

const addRegions = (making: Making, node: Node, number: number): void => {
  if (node.kind === "join" && node.ins.length > 1)
    addRegion(making, joinedBy(making, node), number, null)
  else if (inOrder.has(node.kind) || node.routing?.by === "batch")
    for (const edge of node.ins)
      addRegion(making, numberedBy(making, making.edges[edge]!.from), number, edge)
}

/** The node by whose rows a join pairs those of its branches. */
const joinedBy = ({ byName, graph }: Making, { name }: Node): number =>
  byName.get(lastCommon(graph.follows, graph.nodes.get(name)!.from)!)!

const addRegion = (
  { edges, nodes, regions }: Making,
  from: number,
  to: number,
  edge: number | null
): void => {
  const region = regions.push({ from, to, edge }) - 1
  nodes[from]!.starts.push(region)
  const waiting = edge === null ? [...nodes[to]!.ins] : [edge]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const reached = edges[next]!
    if (reached.regions.at(-1) === region) continue
    reached.regions.push(region)
    if (reached.from !== from) waiting.push(...nodes[reached.from]!.ins)
  }
  if (edge !== null) edges[edge]!.ordered = region
}

/** The node whose numbering the rows of a node follow. */
const numberedBy = (making: Making, number: number): number => {
  const node = making.nodes[number]!
  if (numbering.has(node.kind)) return number
  if (node.kind === "join" && node.ins.length > 1) return numberedBy(making, joinedBy(making, node))
  return numberedBy(making, making.edges[node.ins[0]!]!.from)
}
