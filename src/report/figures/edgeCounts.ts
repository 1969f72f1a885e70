/** How many rows went which way, from what was counted at the steps. */
import type { Graph } from "../../pipeline/Graph.ts"
import type { StepFigures } from "./RunFigures.ts"

/**
 * Counts for a picture of the graph: rows from one step to another, or, without `to`, into a leaf's
 * subset; undefined where nobody counted.
 */
export const edgeCounts = ({ nodes, routings }: Graph, steps: ReadonlyArray<StepFigures>) => {
  const rowsOf = new Map(steps.map(({ name, rows }) => [name, rows]))
  return (from: string, to: string | undefined): number | undefined => {
    const routed =
      to !== undefined &&
      routings.some((routing) => routing.from === from && routing.to.includes(to))
    if (!routed) return rowsOf.get(from)?.done
    // A step that several flows come to does not say how many rows each gave.
    return nodes.get(to)?.from.length === 1 ? rowsOf.get(to)?.received : undefined
  }
}
