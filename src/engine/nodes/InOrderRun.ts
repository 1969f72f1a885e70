/**
 * Nodes that get their rows in order: a row waits until all before it have come, on each of the
 * node's edges.
 */
import type { Item } from "../plan/Item.ts"
import type { PlanEdge, PlanNode } from "../plan/linked.ts"
import type { Moves } from "./Moves.ts"
import type { NodeRun } from "./NodeRun.ts"
import { Resequencer } from "./Resequencer.ts"

export abstract class InOrderRun implements NodeRun {
  protected readonly moves: Moves
  protected readonly node: PlanNode
  readonly #edges: ReadonlyArray<Resequencer>

  constructor(moves: Moves, node: PlanNode) {
    this.moves = moves
    this.node = node
    this.#edges = node.ins.map(
      ({ arm }) =>
        new Resequencer(
          moves.keeping.start,
          (items) => this.rows(items, arm),
          () => this.ended(arm)
        )
    )
  }

  /** The rows of the next position of a branch. */
  protected abstract rows(items: ReadonlyArray<Item>, arm: number): void

  /** A branch has given all its rows. */
  protected abstract ended(arm: number): void

  /** A row came; it rests until it is its turn. */
  receive(item: Item, edge: PlanEdge): void {
    const own = item.tokens.find(({ region }) => region === edge.ordered)!
    this.#edges[edge.arm]!.push({
      ...item,
      tokens: item.tokens.length === 1 ? [] : item.tokens.filter((token) => token !== own)
    })
    this.moves.rest(item)
    this.moves.release(own)
  }

  complete(edge: PlanEdge, position: number): void {
    this.#edges[edge.arm]!.complete(position)
  }

  end(edge: PlanEdge, total: number): void {
    this.#edges[edge.arm]!.end(total)
    this.moves.wake()
  }

  /** The first position that has not come, on the edge that lags behind most. */
  protected get lagging(): number {
    return Math.min(...this.#edges.map(({ next }) => next))
  }

  get waitsFor(): number | undefined {
    return this.lagging
  }
}
