/**
 * The order of cards side by side: as they are written where that costs no crossing, else as dagre
 * finds best.
 */

/** A node of dagre's layered graph: a card, or a stretch of a long way. */
interface LayerNode {
  readonly rank: number
  order: number
}

/** Dagre's graph while nodes get their order, as far as it is looked at here. */
export interface LayeredGraph {
  readonly nodes: () => ReadonlyArray<string>
  readonly node: (name: string) => LayerNode
  readonly edges: () => ReadonlyArray<{ readonly v: string; readonly w: string }>
}

/** Dagre's own way to order nodes. */
export type OrderNodes = (
  graph: LayeredGraph,
  options: { readonly disableOptimalOrderHeuristic?: boolean }
) => void

/**
 * Orders nodes. Dagre's search for few crossings takes the last of equally good orders, which
 * mostly is the written one turned around.
 */
export const orderAsWritten = (graph: LayeredGraph, orderNodes: OrderNodes): void => {
  const orders = (): ReadonlyMap<string, number> =>
    new Map(graph.nodes().map((name) => [name, graph.node(name).order]))
  const arrange = (order: ReadonlyMap<string, number>): void =>
    order.forEach((place, name) => {
      graph.node(name).order = place
    })
  orderNodes(graph, { disableOptimalOrderHeuristic: true })
  const written = orders()
  const writtenCrossings = crossings(graph)
  if (writtenCrossings === 0) return
  orderNodes(graph, {})
  if (writtenCrossings <= crossings(graph)) return arrange(written)
  const found = orders()
  if (turned(graph, written, found) > 0) arrange(mirrored(graph, found))
}

/** How many pairs of ways cross. */
const crossings = (graph: LayeredGraph): number => {
  const layers = Map.groupBy(
    graph.edges().map(({ v, w }) => [graph.node(v), graph.node(w)] as const),
    ([from]) => from.rank
  )
  let count = 0
  for (const ways of layers.values()) {
    for (let i = 0; i < ways.length; i++) {
      for (let j = 0; j < i; j++) {
        if ((ways[i]![0].order - ways[j]![0].order) * (ways[i]![1].order - ways[j]![1].order) < 0)
          count++
      }
    }
  }
  return count
}

const layersOf = (graph: LayeredGraph): ReadonlyArray<ReadonlyArray<string>> => [
  ...Map.groupBy(graph.nodes(), (name) => graph.node(name).rank).values()
]

/** By how many the pairs that are turned around exceed those that are not. */
const turned = (
  graph: LayeredGraph,
  written: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, number>
): number => {
  let count = 0
  for (const layer of layersOf(graph)) {
    for (let i = 0; i < layer.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [layer[i]!, layer[j]!]
        count += (written.get(a)! - written.get(b)!) * (found.get(a)! - found.get(b)!) < 0 ? 1 : -1
      }
    }
  }
  return count
}

const mirrored = (
  graph: LayeredGraph,
  order: ReadonlyMap<string, number>
): ReadonlyMap<string, number> =>
  new Map(
    layersOf(graph).flatMap((layer) =>
      layer.map((name) => [name, layer.length - 1 - order.get(name)!] as const)
    )
  )
