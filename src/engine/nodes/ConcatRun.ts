/**
 * `concat` at work: puts the rows of flows one after the other, with nulls for columns that a flow
 * lacks.
 */
import type { Row } from "../../columns/Row.ts"
import { atSource, type Item } from "../plan/Item.ts"
import type { PlanNode } from "../plan/linked.ts"
import type { StepTally } from "../watch/Tally.ts"
import { InOrderRun } from "./InOrderRun.ts"
import type { Moves } from "./Moves.ts"

export class ConcatRun extends InOrderRun {
  readonly #tally: StepTally
  readonly #waiting: ReadonlyArray<Array<Item>>
  readonly #ended: Array<boolean>
  readonly #nulls: Row
  #arm = 0
  #given = 0

  constructor(moves: Moves, node: PlanNode, columns: ReadonlyArray<string>) {
    super(moves, node)
    this.#tally = moves.tallies.get(node.name)!
    this.#nulls = Object.fromEntries(columns.map((column) => [column, null]))
    this.#waiting = node.ins.map(() => [])
    this.#ended = node.ins.map(() => false)
  }

  protected override rows(items: ReadonlyArray<Item>, arm: number): void {
    this.#tally.received += items.length
    this.#waiting[arm]!.push(...items)
  }

  protected override ended(arm: number): void {
    this.#ended[arm] = true
  }

  work(): boolean {
    const items = this.#waiting[this.#arm]
    if (items === undefined) return false
    if (items.length > 0) {
      for (const { failure, key, row } of items.splice(0)) {
        this.#tally.done++
        const position = this.#given++
        // The same row may come by two ways, and be two different ones by now.
        const own = key === undefined ? undefined : `${this.#arm}/${key}`
        this.moves.send(this.node, {
          row: { ...this.#nulls, ...row },
          failure,
          position,
          path: atSource,
          tokens: [],
          key: own,
          credit: undefined
        })
      }
      return true
    }
    if (this.#ended[this.#arm] !== true) return false
    this.#arm++
    if (this.#arm === this.#waiting.length) this.moves.numbered(this.node, this.#given)
    return true
  }
}
