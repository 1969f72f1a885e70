/**
 * A routing at work: sends each row, or each batch of rows in order, to the steps that the routing
 * chooses.
 */
import { closest } from "../../columns/closest.ts"
import type { Row } from "../../columns/Row.ts"
import type { BatchRouting } from "../../pipeline/Routing.ts"
import { detailOf, StepFailed } from "../../step/StepFailed.ts"
import type { Item } from "../plan/Item.ts"
import type { PlanEdge, PlanNode } from "../plan/linked.ts"
import { InOrderRun } from "./InOrderRun.ts"
import type { Moves } from "./Moves.ts"
import type { NodeRun } from "./NodeRun.ts"

/** Sends rows one by one, as they come. */
export class RowGateRun implements NodeRun {
  readonly #moves: Moves
  readonly #node: PlanNode
  readonly #choose: (row: Row) => string | ReadonlyArray<string>

  constructor(moves: Moves, node: PlanNode, choose: (row: Row) => string | ReadonlyArray<string>) {
    this.#moves = moves
    this.#node = node
    this.#choose = choose
  }

  receive(item: Item): void {
    // An error row has nulls that the routing knows nothing of: it takes the first way.
    const chosen = item.failure === undefined ? this.#chosen(item.row) : this.#node.outs.slice(0, 1)
    this.#moves.send(this.#node, item, chosen)
    this.#moves.leave(item)
  }

  #chosen(row: Row): ReadonlyArray<PlanEdge> {
    const names = routed(this.#node, () => this.#choose(row))
    return edgesTo(this.#node, typeof names === "string" ? [names] : names)
  }
}

/** Sends rows batch by batch, in order, so that a batch is the same on every run. */
export class BatchGateRun extends InOrderRun {
  readonly #choose: BatchRouting["choose"]
  #number: number
  #batch: Array<Item> = []

  constructor(moves: Moves, node: PlanNode, { choose }: BatchRouting) {
    super(moves, node)
    this.#choose = choose
    this.#number = moves.keeping.start / node.batchSize
  }

  protected override rows(items: ReadonlyArray<Item>): void {
    this.#batch.push(...items)
    while (this.#batch.length >= this.node.batchSize)
      this.#route(this.#batch.splice(0, this.node.batchSize))
  }

  protected override ended(): void {
    this.#route(this.#batch.splice(0))
  }

  #route(batch: ReadonlyArray<Item>): void {
    if (batch.length === 0) return
    const names = this.node.outs.map(({ to }) => to.name)
    const number = this.#number++
    const edges = edgesTo(
      this.node,
      routed(this.node, () => this.#choose(names, { number, rows: batch.map(({ row }) => row) }))
    )
    for (const item of batch) {
      this.moves.hold(item.credit)
      this.moves.send(this.node, item, edges)
      this.moves.leave(item)
    }
  }
}

const routed = <A>(node: PlanNode, choose: () => A): A => {
  try {
    return choose()
  } catch (thrown) {
    throw new StepFailed({
      step: node.name,
      phase: "process",
      reason: "RoutingFailed",
      detail: `the routing function after it threw: ${detailOf(thrown)}`
    })
  }
}

/** The edges to the named steps, in their order in the graph. */
const edgesTo = (node: PlanNode, names: ReadonlyArray<string>): ReadonlyArray<PlanEdge> => {
  const known = node.outs.map(({ to }) => to.name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const near = closest(unknown, known)
    throw new StepFailed({
      step: node.name,
      phase: "process",
      reason: "UnknownRoute",
      detail: `the routing function after it chose '${unknown}', which is none of its steps: ${known.join(", ")}.${near === undefined ? "" : ` Did you mean '${near}'?`}`
    })
  }
  return node.outs.filter(({ to }) => names.includes(to.name))
}
