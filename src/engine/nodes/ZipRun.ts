/** `zip` at work: pairs the rows of flows without a common source by position. */
import { StepFailed } from "../../step/StepFailed.ts"
import type { JoinWorker } from "../../step/Worker.ts"
import { atSource, type Item } from "../plan/Item.ts"
import type { PlanNode } from "../plan/linked.ts"
import { InOrderRun } from "./InOrderRun.ts"
import { JoinRun } from "./JoinRun.ts"
import type { Moves } from "./Moves.ts"

export class ZipRun extends InOrderRun {
  readonly #join: JoinRun
  readonly #waiting: ReadonlyArray<Array<Item>>
  readonly #counts: Array<number>
  #open: number
  #given = 0
  #told = false

  constructor(moves: Moves, node: PlanNode, worker: JoinWorker) {
    super(moves, node)
    this.#join = new JoinRun(moves, node, worker, () => this.#given++)
    this.#waiting = node.ins.map(() => [])
    this.#counts = node.ins.map(() => 0)
    this.#open = node.ins.length
  }

  protected override rows(items: ReadonlyArray<Item>, arm: number): void {
    this.#counts[arm]! += items.length
    this.#waiting[arm]!.push(...items)
  }

  protected override ended(): void {
    this.#open--
  }

  work(): boolean {
    if (this.#waiting.every((items) => items.length > 0)) {
      // Rows that rested here work without a credit from now on: they hold none of the sources' places.
      const items = this.#waiting.map((rows) => [{ ...rows.shift()!, credit: undefined }])
      this.#join.join({ items, place: { position: 0, path: atSource } })
      return true
    }
    if (this.#join.work()) return true
    // Pairs whose results are kept leave at once, so an idle join says nothing about rows that still wait here.
    if (this.#told || !this.#join.idle || this.#open > 0) return false
    const [first] = this.#counts
    if (this.#counts.some((count) => count !== first)) throw this.#unequal()
    this.#told = true
    this.moves.numbered(this.node, this.#given)
    return true
  }

  #unequal(): StepFailed {
    const counts = this.node.ins
      .map(({ from }, i) => `'${from.name}' gave ${this.#counts[i]}`)
      .join(", ")
    return new StepFailed({
      step: this.node.name,
      phase: "process",
      reason: "UnequalLengths",
      detail: `zip pairs rows by position, but the flows have different numbers of rows: ${counts}. Filter or fill them before, or join them on a common source.`
    })
  }
}
