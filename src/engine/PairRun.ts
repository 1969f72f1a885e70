/** Flows without a common source: `zip` pairs their rows by position, `concat` puts them one after the other. */
import type { Row } from "../columns/Row.ts"
import { StepFailed } from "../step/StepFailed.ts"
import type { JoinWorker } from "../step/Worker.ts"
import { atSource, type Item } from "./Item.ts"
import { JoinRun } from "./JoinRun.ts"
import type { Machine, NodeRun } from "./Machine.ts"
import { OrderedIns } from "./OrderedIns.ts"
import type { PlanEdge, PlanNode } from "./plan.ts"
import type { StepTally } from "./Tally.ts"

export class ZipRun implements NodeRun {
  readonly #machine: Machine
  readonly #node: PlanNode
  readonly #join: JoinRun
  readonly #ins: OrderedIns
  readonly #waiting: ReadonlyArray<Array<Item>>
  readonly #counts: Array<number>
  readonly #ended: Array<boolean>
  #given = 0
  #told = false

  constructor(machine: Machine, node: PlanNode, worker: JoinWorker) {
    this.#machine = machine
    this.#node = node
    this.#join = new JoinRun(machine, node, worker, () => this.#given++)
    this.#waiting = node.ins.map(() => [])
    this.#counts = node.ins.map(() => 0)
    this.#ended = node.ins.map(() => false)
    this.#ins = new OrderedIns(machine, node, {
      rows: (items, arm) => {
        this.#counts[arm]! += items.length
        this.#waiting[arm]!.push(...items)
      },
      end: (arm) => {
        this.#ended[arm] = true
      }
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
    if (this.#waiting.every((items) => items.length > 0)) {
      // Rows that rested here work without a credit from now on: they hold none of the sources' places.
      const items = this.#waiting.map((rows) => [{ ...rows.shift()!, credit: undefined }])
      this.#join.join({ items, place: { position: 0, path: atSource } })
    }
    if (this.#join.work()) return true
    if (this.#told || !this.#join.idle || !this.#ended.every((ended) => ended)) return false
    const [first] = this.#counts
    if (this.#counts.some((count) => count !== first)) throw this.#unequal()
    this.#told = true
    this.#machine.numbered(this.#node, this.#given)
    return true
  }

  #unequal(): StepFailed {
    const counts = this.#node.ins.map(({ from }, i) => `'${from.name}' gave ${this.#counts[i]}`).join(", ")
    return new StepFailed({
      step: this.#node.name,
      phase: "process",
      reason: "UnequalLengths",
      detail: `zip pairs rows by position, but the flows have different numbers of rows: ${counts}. Filter or fill them before, or join them on a common source.`
    })
  }
}

export class ConcatRun implements NodeRun {
  readonly #machine: Machine
  readonly #node: PlanNode
  readonly #tally: StepTally
  readonly #ins: OrderedIns
  readonly #waiting: ReadonlyArray<Array<Item>>
  readonly #ended: Array<boolean>
  readonly #nulls: Row
  #arm = 0
  #given = 0

  constructor(machine: Machine, node: PlanNode, columns: ReadonlyArray<string>) {
    this.#machine = machine
    this.#node = node
    this.#tally = machine.tallies.get(node.name)!
    this.#nulls = Object.fromEntries(columns.map((column) => [column, null]))
    this.#waiting = node.ins.map(() => [])
    this.#ended = node.ins.map(() => false)
    this.#ins = new OrderedIns(machine, node, {
      rows: (items, arm) => {
        this.#tally.received += items.length
        this.#waiting[arm]!.push(...items)
      },
      end: (arm) => {
        this.#ended[arm] = true
      }
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
    const items = this.#waiting[this.#arm]
    if (items === undefined) return false
    if (items.length > 0) {
      for (const { failure, row } of items.splice(0)) {
        this.#tally.done++
        const position = this.#given++
        this.#machine.send(this.#node, { row: { ...this.#nulls, ...row }, failure, position, path: atSource, tokens: [], credit: undefined })
      }
      return true
    }
    if (!this.#ended[this.#arm]) return false
    this.#arm++
    if (this.#arm === this.#waiting.length) this.#machine.numbered(this.#node, this.#given)
    return true
  }
}
