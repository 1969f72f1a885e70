/**
 * What is to be done in a run, as plain data: it can be written as JSON, sent to another process
 * and linked there with the graph of the same pipeline. Nodes, edges and regions are known by their
 * numbers.
 */
import type { RowCount } from "../../step/Step.ts"

/**
 * What a node does. Gates, files and leaves are no steps: they route rows, put them in order, or
 * keep them.
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
  | "file"
  | "leaf"

export interface PlannedNode {
  readonly name: string
  readonly kind: PlanKind
  /** What a step does to the number of rows; null for gates, files and leaves. */
  readonly rowCount: RowCount | null
  /** For a gate: which of the graph's routings it is, and whether it chooses by row or by batch. */
  readonly routing: { readonly number: number; readonly by: "row" | "batch" } | null
  /** Rows in one call of a step, or those that a gate routes together. */
  readonly batchSize: number
  /** Edges into the node, in the order of its branches, and out of it. */
  readonly ins: ReadonlyArray<number>
  readonly outs: ReadonlyArray<number>
  /** Regions that start here: each row that leaves gets a token of each. */
  readonly starts: ReadonlyArray<number>
}

/** A way that rows take. */
export interface PlannedEdge {
  readonly from: number
  readonly to: number
  /** Which of the target's branches it is. */
  readonly arm: number
  /** Regions that the edge is part of. */
  readonly regions: ReadonlyArray<number>
  /** The region by whose tokens the target knows which positions are complete on this edge. */
  readonly ordered: number | null
}

/** Edges from a node where rows are counted, to a node that waits for all that comes of each row. */
export interface PlannedRegion {
  readonly from: number
  readonly to: number
  /** The one edge into the target that is waited for; null for a join, which waits for all. */
  readonly edge: number | null
}

export interface Plan {
  readonly nodes: ReadonlyArray<PlannedNode>
  readonly edges: ReadonlyArray<PlannedEdge>
  readonly regions: ReadonlyArray<PlannedRegion>
  /** Nodes that nothing follows, files of steps among them: a run is done when all of them are. */
  readonly leaves: ReadonlyArray<number>
}
