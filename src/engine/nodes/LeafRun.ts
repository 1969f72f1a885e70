/** A leaf at work: keeps the rows of the result in order, and error rows apart. */
import type { Row } from "../../columns/Row.ts"
import type { RowFailed } from "../../step/StepFailed.ts"
import type { Item } from "../plan/Item.ts"
import type { PlanEdge, PlanNode } from "../plan/linked.ts"
import { InOrderRun } from "./InOrderRun.ts"
import type { Moves } from "./Moves.ts"

/** Where a leaf's rows go. */
export interface Sink {
  readonly row: (row: Row, text?: string) => void
  readonly error: (row: Row, failure: RowFailed) => void
  /** All rows before the position are written, none after it. */
  readonly mark?: (position: number) => void
}

export class LeafRun extends InOrderRun {
  readonly #sink: Sink

  /** The next position that a checkpoint may stand at. */
  #boundary: number

  constructor(moves: Moves, node: PlanNode, sink: Sink) {
    super(moves, node)
    this.#sink = sink
    this.#boundary = sink.mark === undefined ? Infinity : moves.keeping.start + moves.keeping.block
  }

  override complete(edge: PlanEdge, position: number): void {
    super.complete(edge, position)
    this.#mark(this.lagging)
  }

  #mark(position: number): void {
    for (; this.#boundary <= position; this.#boundary += this.moves.keeping.block)
      this.#sink.mark!(this.#boundary)
  }

  protected override rows(items: ReadonlyArray<Item>): void {
    this.#mark(items[0]!.position)
    for (const { failure, row, text } of items) {
      if (failure === undefined) this.#sink.row(row, text)
      else this.#sink.error(row, failure)
    }
  }

  protected override ended(): void {
    this.moves.leafDone()
  }
}
