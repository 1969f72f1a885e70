/**
 * Calls of a step's function: rows go in under the step's names, what comes out is told apart by
 * the row it came from.
 */
import type { Row } from "../../columns/Row.ts"
import { copied, markOf, markRows } from "../../step/lineage.ts"
import { addedInFlow, beside, renames, rowIntoFlow, rowIntoStep } from "../../step/mapping.ts"
import type { StepData } from "../../step/Step.ts"
import { RowFailed } from "../../step/StepFailed.ts"
import { type Decoded, DeclaredOutputs } from "./DeclaredOutputs.ts"

/** A row that came out of a call, and the index of the row that it came from. */
export interface Result {
  readonly row: Row
  readonly of: number
  /** What is wrong with the row: it does not hold what the step declares. */
  readonly failure: RowFailed | undefined
}

/** Rows of one call, prepared. */
export interface Prepared {
  readonly rows: ReadonlyArray<Row>
  readonly aside: ReadonlyArray<Row>
}

const nothing: Row = {}

export class StepCall {
  readonly step: StepData
  readonly #renames: boolean
  readonly #added: ReadonlyArray<string>
  readonly #beside: ReadonlyArray<string>
  readonly #declared: DeclaredOutputs

  constructor(step: StepData, warn: (sentence: string) => void) {
    this.step = step
    this.#renames = renames(step.mappings)
    this.#beside = beside(step)
    this.#declared = new DeclaredOutputs(step, warn)
    this.#added = step.kind === "generator" ? [] : addedInFlow(step)
  }

  /** Rows under the step's names. The rows are the engine's own, so that they may be marked. */
  prepare(rows: ReadonlyArray<Row>): Prepared {
    if (!this.#renames) {
      markRows(rows)
      return { rows, aside: [] }
    }
    const both = rows.map((row) => this.into(row))
    const own = both.map(([row]) => row)
    markRows(own)
    return { rows: own, aside: both.map(([, aside]) => aside) }
  }

  /** A row under the step's names, and the columns that had to make place for them. */
  into(row: Row): readonly [own: Row, aside: Row] {
    return this.#renames ? rowIntoStep(row, this.step.mappings, this.#beside) : [row, nothing]
  }

  /** Rows that came out, each with the row it came from. Throws if that cannot be told. */
  results({ aside, rows }: Prepared, out: ReadonlyArray<Row>): ReadonlyArray<Result> {
    const { rowCount } = this.step
    const wrong = this.wrongCount(out.length, rows.length)
    if (wrong !== undefined) throw wrong
    return out.map((returned, i) => {
      const of = rowCount === "one-to-one" ? i : this.#origin(returned, rows.length)
      const { failure, row } = this.decoded(returned)
      return { row: this.finished(row, rows[of], aside[of] ?? nothing), of, failure }
    })
  }

  /** What is wrong with how many rows came out. */
  wrongCount(given: number, rows: number): RowFailed | undefined {
    return this.step.rowCount === "one-to-one" && given !== rows
      ? this.#wrongRows(`it gave ${given} rows for ${rows}`)
      : undefined
  }

  /** A row that the step's code returned, with its declared values. */
  decoded(row: Row): Decoded {
    return this.#declared.decoded(row)
  }

  /** A row under the flow's names, with the columns it keeps. */
  finished(row: Row, from: Row | undefined, aside: Row): Row {
    let own = this.#declared.only(row, from)
    if (this.step.extendsRows) {
      if (markOf(row) === undefined || this.step.removes.length > 0) own = { ...from, ...own }
      for (const column of this.step.removes) delete (own as Record<string, unknown>)[column]
    }
    // A row that stands in several results must be several rows: later steps write to them.
    return this.#renames
      ? rowIntoFlow(own, aside, this.step.mappings)
      : own === from && row !== from
        ? copied(own)
        : own
  }

  /** A row that failed: what it had, and nulls where the step would have added columns. */
  nulled(row: Row): Row {
    const failed: Record<string, unknown> = { ...row }
    for (const column of this.#added) failed[column] = null
    return failed
  }

  #origin(row: Row, calledWith: number): number {
    const of = calledWith === 1 ? 0 : markOf(row)
    if (of === undefined || of >= calledWith) {
      throw this.#wrongRows(
        "it gave a row without saying which one it came from: spread that row, as in { ...row, part }"
      )
    }
    return of
  }

  #wrongRows(what: string): RowFailed {
    return new RowFailed({
      step: this.step.name,
      reason: "WrongRowCount",
      detail: `it is declared as ${this.step.rowCount}, but ${what}. Say what it does with rowCount: "filter", "one-to-many" or "many-to-one".`
    })
  }
}
