/** A leaf at work: keeps the rows of the result in order, and error rows apart. */
import type { Row } from "../columns/Row.ts"
import type { RowFailed } from "../step/StepFailed.ts"
import type { Item, Place } from "./Item.ts"
import type { Machine, NodeRun } from "./Machine.ts"
import { OrderedIns } from "./OrderedIns.ts"
import type { PlanEdge, PlanNode } from "./plan.ts"

/** Where a leaf's rows go. */
export interface Sink {
  readonly row: (row: Row) => void
  readonly error: (row: Row, failure: RowFailed, place: Place) => void
}

export class LeafRun implements NodeRun {
  readonly #ins: OrderedIns

  constructor(machine: Machine, node: PlanNode, sink: Sink) {
    this.#ins = new OrderedIns(machine, node, {
      rows: (items) => {
        for (const item of items) {
          if (item.failure === undefined) sink.row(item.row)
          else sink.error(item.row, item.failure, item)
        }
      },
      end: () => machine.leafDone()
    })
  }

  receive(item: Item, edge: PlanEdge): void {
    this.#ins.receive(item, edge)
  }
  complete(edge: PlanEdge, position: number): void {
    this.#ins.complete(edge, position)
  }
  end(edge: PlanEdge, total: number): void {
    this.#ins.end(edge, total)
  }
  fire(): void {}
  work(): boolean {
    return false
  }
  get waitsFor(): number {
    return this.#ins.waitsFor
  }
}
