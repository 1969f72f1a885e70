/** A step's file at work: keeps the rows that leave the step, in order, while they go on. */
import { rowText } from "../../columns/rowText.ts"
import { detailOf, StepFailed } from "../../step/StepFailed.ts"
import type { Item } from "../plan/Item.ts"
import type { PlanEdge } from "../plan/linked.ts"
import { LeafRun } from "./LeafRun.ts"

export class FileRun extends LeafRun {
  // As text at once: later steps may change what the row holds before it is its turn.
  override receive(item: Item, edge: PlanEdge): void {
    super.receive(item.failure === undefined ? { ...item, text: this.#textOf(item) } : item, edge)
  }

  #textOf({ row, text }: Item): string {
    try {
      return text ?? rowText(row)
    } catch (thrown) {
      throw new StepFailed({
        step: this.node.name,
        phase: "process",
        reason: "NotJson",
        detail: `a row cannot be written as JSON: ${detailOf(thrown)}. Change that column, or drop it before.`
      })
    }
  }
}
