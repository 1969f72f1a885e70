/** What a step adds to its rows, as reports show it. */
import type { Graph } from "../../pipeline/Graph.ts"

/** Columns after a step that did not come to it. */
export const addedColumns = (
  { incoming, outgoing }: Graph,
  step: string
): ReadonlyArray<string> => {
  const before = incoming.get(step)?.columns ?? {}
  return Object.keys(outgoing.get(step)?.columns ?? {}).filter((column) => !(column in before))
}
