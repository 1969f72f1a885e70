/** A leaf at work: keeps the rows of the result in order, and error rows apart. */
import type { Row } from "../columns/Row.ts"
import type { RowFailed } from "../step/StepFailed.ts"
import { InOrderRun } from "./InOrderRun.ts"
import type { Item } from "./Item.ts"
import type { Machine } from "./Machine.ts"
import type { PlanNode } from "./plan.ts"

/** Where a leaf's rows go. */
export interface Sink {
  readonly row: (row: Row) => void
  readonly error: (row: Row, failure: RowFailed) => void
}

export class LeafRun extends InOrderRun {
  readonly #sink: Sink

  constructor(machine: Machine, node: PlanNode, sink: Sink) {
    super(machine, node)
    this.#sink = sink
  }

  protected override rows(items: ReadonlyArray<Item>): void {
    for (const { failure, row } of items) {
      if (failure === undefined) this.#sink.row(row)
      else this.#sink.error(row, failure)
    }
  }

  protected override ended(): void {
    this.machine.leafDone()
  }
}
