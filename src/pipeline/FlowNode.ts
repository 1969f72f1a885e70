/** What a flow carries: a node of the graph, which knows those before it; and any flow. */
import type * as hidden from "../columns/hidden.ts"
import type { StepData } from "../step/Step.ts"
import type { Routing } from "./Routing.ts"

/** How a node gets the rows of the steps before it. */
export type Gather = "none" | "one" | "join" | "zip" | "concat"

/**
 * A node of the graph that a flow carries: a step and where its rows come from. One object is one
 * node, however often its flow is used.
 */
export interface FlowNode {
  readonly step: StepData
  readonly gather: Gather
  readonly from: ReadonlyArray<FlowNode>
  /** Columns of the flow under the step's names, given where the step was connected. */
  readonly input: Readonly<Record<string, string>>
  /**
   * The routing that decides whether this node gets a batch or a row, shared by all the steps it
   * chooses from.
   */
  readonly routing?: RoutingGroup
}

/** A routing function and the steps that it chooses from. */
export interface RoutingGroup {
  readonly by: Routing
  readonly arms: ReadonlyArray<string>
}

/** Any flow, for constraints. */
export interface AnyFlow {
  readonly node: FlowNode
  readonly [hidden.row]?: unknown
  readonly [hidden.last]?: string
  readonly [hidden.graph]?: unknown
  readonly [hidden.names]?: string
}
