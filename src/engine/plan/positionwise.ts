/**
 * Graphs in which each row of the one source goes its way without the others: a run of such a graph
 * can go on from any row.
 */
import type { Plan, PlanKind, PlannedNode } from "./Plan.ts"
import { wayBack } from "./planning.ts"

/** About so many rows lie between checkpoints. */
const leastBlock = 2000

const alone = new Set<PlanKind>(["generator", "batch", "join", "gate", "file", "leaf"])

/**
 * Rows between two checkpoints, such that no routed batch lies across one; undefined if rows of the
 * graph depend on others.
 */
export const blockOf = (plan: Plan): number | undefined => {
  const { nodes } = plan
  if (
    nodes.filter(({ kind }) => kind === "generator").length !== 1 ||
    nodes.some(({ kind }) => !alone.has(kind))
  )
    return undefined
  const gates = nodes.filter(({ routing }) => routing?.by === "batch")
  // A batch of what is left after a filter begins where the one before ended, and that is not known later.
  if (gates.some((gate) => wayBack(plan, gate).some((before) => givesOther(nodes[before]!))))
    return undefined
  const batch = gates.map(({ batchSize }) => batchSize).reduce(leastCommonMultiple, 1)
  return Math.ceil(leastBlock / batch) * batch
}

const givesOther = ({ kind, rowCount }: PlannedNode): boolean =>
  kind === "join" || kind === "gate" || (kind === "batch" && rowCount !== "one-to-one")

const leastCommonMultiple = (a: number, b: number): number => (a / greatestCommonDivisor(a, b)) * b

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b)
