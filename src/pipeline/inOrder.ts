/**
 * Nodes in an order in which each comes after those it gets rows from, and the cycles that have no
 * such order.
 */
import type { GraphNode } from "./Graph.ts"

interface InOrder {
  readonly order: ReadonlyArray<GraphNode>
  /** Each cycle once, as the names along it, the first again at the end. */
  readonly cycles: ReadonlyArray<ReadonlyArray<string>>
}

/** Walks from every node back to its sources. */
export const inOrder = (nodes: ReadonlyMap<string, GraphNode>): InOrder => {
  const order: Array<GraphNode> = []
  const cycles: Array<ReadonlyArray<string>> = []
  const state = new Map<string, "open" | "done">()
  // An own stack rather than recursion: a chain of 100,000 steps is a graph too.
  for (const start of nodes.values()) {
    const path: Array<{ readonly node: GraphNode; next: number }> = [{ node: start, next: 0 }]
    if (state.has(start.name)) continue
    state.set(start.name, "open")
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = top.node.from[top.next++]
      const before = name === undefined ? undefined : nodes.get(name)
      if (before === undefined && top.next <= top.node.from.length) continue
      if (before === undefined) {
        state.set(top.node.name, "done")
        order.push(top.node)
        path.pop()
      } else if (state.get(before.name) === "open") {
        const names = path.map(({ node }) => node.name)
        cycles.push([...names.slice(names.indexOf(before.name)), before.name].reverse())
      } else if (!state.has(before.name)) {
        state.set(before.name, "open")
        path.push({ node: before, next: 0 })
      }
    }
  }
  return { order, cycles }
}
