/** A generator at work: gives its rows batch by batch, as long as there is place for more. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Row } from "../columns/Row.ts"
import { renames, rowIntoFlow } from "../step/mapping.ts"
import { detailOf, StepFailed } from "../step/StepFailed.ts"
import type { GeneratorWorker } from "../step/Worker.ts"
import { failureIn } from "./failures.ts"
import { atSource } from "./Item.ts"
import { copied } from "./lineage.ts"
import type { Machine, NodeRun } from "./Machine.ts"
import type { PlanNode } from "./plan.ts"
import { type RowSource, sourceOf } from "./produced.ts"
import type { StepTally } from "./Tally.ts"

/** Beyond so many rows that wait for an earlier one, no new row is admitted while any is at work: memory stays bounded behind a row that hangs. */
const longestLag = 100_000

export class SourceRun implements NodeRun {
  readonly #machine: Machine
  readonly #node: PlanNode
  readonly #worker: GeneratorWorker
  readonly #tally: StepTally
  readonly #maxRows: number
  #source: RowSource | undefined
  #given = 0
  #waiting = false
  #done = false

  constructor(machine: Machine, node: PlanNode, worker: GeneratorWorker, maxRows: number) {
    this.#machine = machine
    this.#node = node
    this.#worker = worker
    this.#tally = machine.tallies.get(node.name)!
    this.#maxRows = maxRows
    this.#tally.total = worker.total === undefined ? undefined : Math.min(worker.total, maxRows)
  }

  work(): boolean {
    if (this.#done || this.#waiting || !this.#hasPlace()) return false
    const source = this.#source ?? this.#open()
    if (source === undefined) return false
    if (source.kind === "sync") this.#give(this.#pull(source.iterator))
    else this.#await(pullAsync(source.iterator, this.#size()), (rows) => this.#give(rows))
    return true
  }

  receive(): void {}

  #hasPlace(): boolean {
    const { gauge: { active }, maxActive } = this.#machine
    return active === 0 || (active < maxActive && this.#machine.lag(this.#node, this.#given) < longestLag)
  }

  #open(): RowSource | undefined {
    let source
    try {
      source = sourceOf(this.#worker.generate(0))
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    if (Effect.isEffect(source)) {
      this.#await(source, (opened) => {
        this.#source = opened
      })
      return undefined
    }
    this.#source = source
    return source
  }

  #size(): number {
    return Math.min(this.#node.batchSize, this.#maxRows - this.#given)
  }

  #pull(iterator: Iterator<Row>): ReadonlyArray<Row> {
    const rows: Array<Row> = []
    const size = this.#size()
    try {
      while (rows.length < size) {
        const next = iterator.next()
        if (next.done === true) break
        rows.push(next.value)
      }
    } catch (thrown) {
      throw this.#failed(thrown)
    }
    return rows
  }

  #await<A>(effect: Effect.Effect<A, unknown>, then: (value: A) => void): void {
    this.#waiting = true
    this.#machine.launch(effect, (exit) => {
      this.#waiting = false
      if (Exit.isFailure(exit)) throw this.#failed(failureIn(exit.cause))
      then(exit.value)
    })
  }

  #give(rows: ReadonlyArray<Row>): void {
    const short = rows.length < this.#node.batchSize
    const mappings = this.#node.step!.mappings
    for (const row of rows) {
      if (typeof row !== "object" || row === null) throw this.#failed(`a row is ${JSON.stringify(row) ?? typeof row}, not an object`)
      const position = this.#given++
      const credit = { active: 0 }
      // Held until all edges have the row: an edge may be done with it at once.
      this.#machine.hold(credit)
      this.#tally.done++
      const own = renames(mappings) ? rowIntoFlow(row, {}, mappings) : copied(row)
      this.#machine.send(this.#node, { row: own, failure: undefined, position, path: atSource, tokens: [], credit })
      this.#machine.rest({ credit })
    }
    if (short || this.#given >= this.#maxRows) this.#end()
  }

  #end(): void {
    this.#done = true
    this.#tally.total = this.#given
    const { iterator } = this.#source!
    void iterator.return?.()
    this.#machine.numbered(this.#node, this.#given)
  }

  #failed(thrown: unknown): StepFailed {
    return thrown instanceof StepFailed ? thrown
      : new StepFailed({ step: this.#node.name, phase: "generate", reason: "GeneratorFailed", detail: detailOf(thrown) })
  }
}

const pullAsync = (iterator: AsyncIterator<Row>, size: number): Effect.Effect<ReadonlyArray<Row>, unknown> =>
  Effect.tryPromise({
    try: async () => {
      const rows: Array<Row> = []
      while (rows.length < size) {
        const next = await iterator.next()
        if (next.done === true) break
        rows.push(next.value)
      }
      return rows
    },
    catch: (thrown) => thrown
  })
