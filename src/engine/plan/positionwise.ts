/**
 * Graphs in which each row of the one source goes its way without the others: a run of such a graph
 * can go on from any row, and many processes can work on it, each on its own rows.
 */
import type { Plan, PlanKind, PlannedNode } from "./Plan.ts"
import { wayBack } from "./planning.ts"

/** About so many rows lie between checkpoints. */
const leastBlock = 2000

/** Rows of a source, by their positions: from the first of them to the one after the last. */
export interface SourceRange {
  readonly from: number
  readonly to: number
}

/** What keeps the rows of a graph together: a node, and what it does. */
export interface Tie {
  readonly node: PlannedNode
  readonly by: Exclude<PlanKind, "batch" | "file" | "join" | "leaf"> | "second source"
}

const together = new Set<PlanKind>(["zip", "concat", "global", "reduce"])

/** The first node that needs rows beside one another; undefined if each goes its way alone. */
export const tieOf = (plan: Plan): Tie | undefined => {
  const { nodes } = plan
  const [source, second] = nodes.filter(({ kind }) => kind === "generator")
  if (second !== undefined) return { node: second, by: "second source" }
  if (source === undefined) return { node: nodes[0]!, by: "generator" }
  const node = nodes.find(
    (each) =>
      together.has(each.kind) ||
      // A batch of what is left after a filter begins where the one before ended, and that is not known later.
      (each.routing?.by === "batch" &&
        wayBack(plan, each).some((before) => givesOther(nodes[before]!)))
  )
  return node === undefined ? undefined : { node, by: node.kind as Tie["by"] }
}

/** No routed batch lies across a position that is a multiple of so many rows. */
export const grainOf = ({ nodes }: Plan): number =>
  nodes
    .filter(({ routing }) => routing?.by === "batch")
    .map(({ batchSize }) => batchSize)
    .reduce(leastCommonMultiple, 1)

/**
 * Rows between two checkpoints, such that no routed batch lies across one; undefined if rows of the
 * graph depend on others.
 */
export const blockOf = (plan: Plan): number | undefined => {
  if (tieOf(plan) !== undefined) return undefined
  const grain = grainOf(plan)
  return Math.ceil(leastBlock / grain) * grain
}

const givesOther = ({ kind, rowCount }: PlannedNode): boolean =>
  kind === "join" || kind === "gate" || (kind === "batch" && rowCount !== "one-to-one")

const leastCommonMultiple = (a: number, b: number): number => (a / greatestCommonDivisor(a, b)) * b

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b)
