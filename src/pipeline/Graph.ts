/** Graphs: nodes and where each gets its rows, plain data that the check reads and the engine runs. */
import type { Shape } from "../columns/Shape.ts"
import type { StepData } from "../step/Step.ts"
import type { Gather } from "./FlowNode.ts"
import type { Routing } from "./Routing.ts"

/** A step in a graph, by its unique name. */
export interface GraphNode {
  readonly name: string
  readonly step: StepData
  readonly gather: Gather
  /** Names of the nodes whose rows it gets, in order. */
  readonly from: ReadonlyArray<string>
}

/** Rows of one node that go to some of several others. */
export interface GraphRouting {
  readonly from: string
  readonly by: Routing
  readonly to: ReadonlyArray<string>
}

/** A graph as it was written, before anything was checked. */
export interface WrittenGraph {
  readonly nodes: ReadonlyArray<GraphNode>
  readonly routings: ReadonlyArray<GraphRouting>
  readonly leaves: ReadonlyArray<string>
}

/**
 * A graph whose names are unique, whose nodes come after those they get rows from, and whose
 * columns were checked.
 */
export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly routings: ReadonlyArray<GraphRouting>
  readonly leaves: ReadonlyArray<string>
  /** The columns that come to each node. */
  readonly incoming: ReadonlyMap<string, Shape>
  /** The columns after each node. */
  readonly outgoing: ReadonlyMap<string, Shape>
  /** The node before by whose rows a node's own can be told apart; undefined where rows begin anew. */
  readonly follows: ReadonlyMap<string, string | undefined>
}

/**
 * The last node that all of some nodes follow or are: a join pairs rows by it. Undefined if there
 * is none.
 */
export const lastCommon = (
  follows: Graph["follows"],
  names: ReadonlyArray<string>
): string | undefined => {
  const [first, ...others] = names.map((name) => new Set(followed(follows, name)))
  return [...(first ?? [])].find((name) => others.every((line) => line.has(name)))
}

/** A node and those that it follows, the nearest first. */
function* followed(follows: Graph["follows"], name: string): Generator<string> {
  for (let at: string | undefined = name; at !== undefined; at = follows.get(at)) yield at
}

/** The same graph with other steps in its nodes: runtime parameters set. */
export const withSteps = (graph: Graph, replace: (step: StepData) => StepData): Graph => ({
  ...graph,
  nodes: new Map(
    [...graph.nodes].map(([name, node]) => [name, { ...node, step: replace(node.step) }])
  )
})
