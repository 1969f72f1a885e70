/** A generator at work: gives its rows batch by batch, as long as there is place for more. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Row } from "../../columns/Row.ts"
import { copied } from "../../step/lineage.ts"
import { renames, rowIntoFlow } from "../../step/mapping.ts"
import { contentKey } from "../keep/keys.ts"
import type { SourceHash } from "../keep/SourceHash.ts"
import { atSource } from "../plan/Item.ts"
import type { PlanNode } from "../plan/linked.ts"
import { failureIn } from "../watch/failures.ts"
import type { StepCounts } from "../watch/StepCounts.ts"
import type { StepTally } from "../watch/Tally.ts"
import { DeclaredOutputs } from "./DeclaredOutputs.ts"
import type { Moves } from "./Moves.ts"
import type { Launched, NodeRun } from "./NodeRun.ts"
import type { SourceReader } from "./SourceReader.ts"

/** Where a generator begins: at its first row, or where an earlier run has stopped. */
export interface SourceStart {
  readonly reader: SourceReader
  /** Looks at the rows that pass; undefined if nobody wants to know. */
  readonly hash: SourceHash | undefined
}

/** How many rows a source may give. */
export interface RowLimits {
  /** With so many the source counts as done. */
  readonly sample: number
  /** With so many it has to stop, though there may be more. */
  readonly budget: number
}

const noRow: Row = {}

export class SourceRun implements NodeRun {
  readonly #moves: Moves
  readonly #node: PlanNode
  readonly #reader: SourceReader
  readonly #hash: SourceHash | undefined
  readonly #declared: DeclaredOutputs
  readonly #tally: StepTally
  readonly #counts: StepCounts
  readonly #limits: RowLimits
  #given: number
  #waiting = false
  #done = false
  /** Requests of the generator that are under way, and the pull that waits for them. */
  #requests = 0
  #pull: Launched | undefined
  #held: Deferred.Deferred<void> | undefined

  constructor(moves: Moves, node: PlanNode, { hash, reader }: SourceStart, limits: RowLimits) {
    this.#moves = moves
    this.#node = node
    this.#declared = new DeclaredOutputs(node.step!, moves.warn)
    this.#reader = reader
    this.#hash = hash
    this.#tally = moves.tallies.get(node.name)!
    this.#counts = moves.countsOf(node.name)
    this.#limits = limits
    this.#given = reader.position
    reader.watchedBy({
      onRequests: (underWay) => {
        this.#requests = underWay
        this.#mayAbandon(underWay === 0)
        this.#hold()
      },
      onLeft: () => this.#mayAbandon(true),
      onLate: (late) => moves.onLate(node.name, late),
      // One more than the budget, as it is asked for below.
      most: Math.min(limits.sample, limits.budget + 1)
    })
    this.#tally.total =
      reader.total === undefined ? undefined : Math.min(reader.total, limits.sample)
    this.#tally.done = this.#given
    this.#tally.resumed = this.#given
  }

  #mayAbandon(abandonable: boolean): void {
    if (this.#pull !== undefined) this.#moves.mayAbandon(this.#pull, abandonable)
  }

  work(): boolean {
    if (this.#done || this.#waiting || !this.#moves.hasPlace(this.#node, this.#given)) return false
    const { budget, sample } = this.#limits
    const { block } = this.#moves.keeping
    // Past the budget one row is asked for, to know whether there are more.
    const count = Math.max(
      1,
      Math.min(
        this.#node.batchSize,
        sample - this.#given,
        budget - this.#given,
        // At a checkpoint its state must be that after the last row before it.
        this.#reader.keepsState ? block - (this.#given % block) : Infinity
      )
    )
    const rows = this.#reader.next(count)
    if (Effect.isEffect(rows)) this.#await(rows, count)
    else this.#give(rows, count)
    return true
  }

  receive(): void {}

  #await(rows: Effect.Effect<ReadonlyArray<Row>, unknown>, count: number): void {
    this.#waiting = true
    this.#pull = this.#moves.launch(
      rows,
      (exit) => {
        this.#waiting = false
        this.#pull = undefined
        this.#hold()
        if (Exit.isFailure(exit)) throw failureIn(exit.cause)
        this.#give(exit.value, count)
      },
      { abandonable: this.#requests === 0 }
    )
  }

  /** What is asked ahead of what the source is asked for keeps the run until it is answered. */
  #hold(): void {
    const wanted = this.#requests > 0 && !this.#waiting
    if (wanted && this.#held === undefined) {
      this.#held = Deferred.makeUnsafe<void>()
      this.#moves.launch(Deferred.await(this.#held), () => {})
    } else if (!wanted && this.#held !== undefined) {
      Deferred.doneUnsafe(this.#held, Effect.void)
      this.#held = undefined
    }
  }

  #give(rows: ReadonlyArray<Row>, asked: number): void {
    const { budget, sample } = this.#limits
    if (rows.length > 0 && this.#given >= budget) {
      this.#done = true
      this.#reader.close()
      this.#moves.outOfBudget()
      return
    }
    const mappings = this.#node.step!.mappings
    for (const row of rows) {
      const key =
        this.#hash === undefined && !this.#moves.keeping.keyed ? undefined : contentKey(row)
      this.#hash?.add(key)
      const position = this.#given++
      const credit = { active: 0 }
      // Held until all edges have the row: an edge may be done with it at once.
      this.#moves.hold(credit)
      const decoded = this.#declared.decoded(row)
      const failure = this.#reader.failureOf(row) ?? decoded.failure
      if (failure === undefined) this.#counts.done(position)
      else this.#counts.failed(position, failure)
      const declared = this.#declared.only(decoded.row, noRow)
      const own = renames(mappings)
        ? rowIntoFlow(declared, {}, mappings)
        : declared === row
          ? copied(row)
          : declared
      this.#moves.send(this.#node, {
        row: own,
        failure,
        position,
        path: atSource,
        tokens: [],
        key,
        credit
      })
      this.#moves.rest({ credit })
    }
    if (rows.length < asked || this.#given >= sample) this.#end()
  }

  #end(): void {
    this.#done = true
    this.#tally.total = this.#given
    this.#reader.close()
    this.#moves.numbered(this.#node, this.#given)
  }
}
