/**
 * Declared outputs: what a step's own code returns is checked against what it declares, and columns
 * that it does not declare are left out.
 */
import { ColumnProblem, type RowDecoder, rowDecoder } from "../../columns/declaredValues.ts"
import type { Row } from "../../columns/Row.ts"
import type { StepData } from "../../step/Step.ts"
import { type RowFailed, wrongOutput } from "../../step/StepFailed.ts"
import { undeclaredColumn } from "../../step/undeclared.ts"

/** A row that the step's code returned, and what is wrong with it. */
export interface Decoded {
  readonly row: Row
  readonly failure: RowFailed | undefined
}

export class DeclaredOutputs {
  readonly #step: StepData
  readonly #decode: RowDecoder | undefined
  readonly #warn: (sentence: string) => void
  readonly #warned = new Set<string>()

  constructor(step: StepData, warn: (sentence: string) => void) {
    this.#warn = warn
    this.#step = step
    this.#decode = step.declares === undefined ? undefined : rowDecoder(step.declares.columns)
  }

  /** The row with its declared values, and what is wrong with it. */
  decoded(row: Row): Decoded {
    const decoded = this.#decode?.(row) ?? row
    return decoded instanceof ColumnProblem
      ? { row, failure: wrongOutput(this.#step.name, decoded) }
      : { row: decoded, failure: undefined }
  }

  /**
   * A row without columns that the step neither declares nor got in the row that it came from.
   * Where nobody knows that row any more, all columns may be its.
   */
  only(row: Row, from: Row | undefined): Row {
    const { declares, extendsRows } = this.#step
    if (declares === undefined || declares.open || from === undefined) return row
    let kept: Record<PropertyKey, unknown> | undefined
    for (const column in row) {
      if (Object.hasOwn(declares.columns, column)) continue
      const passed = Object.hasOwn(from, column)
      if (passed && extendsRows) continue
      if (!passed) this.#warnOf(column)
      kept ??= { ...row }
      delete kept[column]
    }
    return kept ?? row
  }

  #warnOf(column: string): void {
    if (this.#warned.has(column)) return
    this.#warned.add(column)
    const { declares, name } = this.#step
    this.#warn(undeclaredColumn(name, column, Object.keys(declares!.columns)))
  }
}
