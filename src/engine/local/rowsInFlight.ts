/** How many source rows are at work at once, unless the run says it. */
import type { Graph } from "../../pipeline/Graph.ts"
import { modelOf } from "../keep/modelOf.ts"

const usual = 4000

/** Enough that every model can have as many requests in flight as it takes. */
export const usualRowsInFlight = (graph: Graph): number => {
  const most = [...graph.nodes.values()].map(({ step }) => modelOf(step)?.maxConcurrency ?? 0)
  return Math.max(usual, ...most)
}
