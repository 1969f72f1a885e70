/** Edges over which a node gets its rows in order: rows wait until all before them have come. */
import type { Item } from "./Item.ts"
import type { Machine } from "./Machine.ts"
import type { PlanEdge, PlanNode } from "./plan.ts"
import { Resequencer } from "./Resequencer.ts"

export class OrderedIns {
  readonly #machine: Machine
  readonly #edges: ReadonlyArray<Resequencer>

  constructor(machine: Machine, node: PlanNode, into: { readonly rows: (items: ReadonlyArray<Item>, arm: number, position: number) => void; readonly end: (arm: number) => void }) {
    this.#machine = machine
    this.#edges = node.ins.map(({ arm }) => new Resequencer((items, position) => into.rows(items, arm, position), () => into.end(arm)))
  }

  /** A row came; it rests until it is its turn. */
  receive(item: Item, edge: PlanEdge): void {
    const own = item.tokens.find(({ region }) => region === edge.ordered)!
    this.#edges[edge.arm]!.push(item.tokens.length === 1 ? { ...item, tokens: [] } : { ...item, tokens: item.tokens.filter((token) => token !== own) })
    this.#machine.rest(item)
    this.#machine.release(own)
  }

  complete(edge: PlanEdge, position: number): void {
    this.#edges[edge.arm]!.complete(position)
  }

  end(edge: PlanEdge, total: number): void {
    this.#edges[edge.arm]!.end(total)
    this.#machine.wake()
  }

  get waitsFor(): number {
    return Math.min(...this.#edges.map(({ next }) => next))
  }
}
