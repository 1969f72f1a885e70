/** Keeps some columns and drops the others. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../columns/mapping.ts"
import { own } from "../columns/own.ts"
import type { ColumnsNamed, Keeps, Row } from "../columns/Row.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { Picks, Step } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"

export interface KeepColumnsOptions<
  Name extends string,
  Kept extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** Columns to keep, in the order the rows shall have them. */
  readonly columns: ReadonlyArray<Kept>
  /** The flow's columns under the step's own names: `{ generation: "answer" }`. */
  readonly inputMappings?: InputMap
  /** New names for the kept columns: `{ generation: "answer" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "KeepColumns",
  about: "Keeps the named columns, in that order, and drops the others.",
  options: { columns: Schema.Array(Schema.String) },
  defaults: {},
  python: {}
})

/**
 * Keeps the named columns, in that order, and drops the others.
 *
 * @example
 *   const keep = KeepColumns({ name: "keep", columns: ["instruction", "generation"] })
 *
 * @reads the columns to keep
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/keepcolumns/
 */
export const KeepColumns = defined(
  definition,
  <
    const Name extends string,
    const Kept extends string,
    const InputMap extends Names<ColumnsNamed<Kept>> = {},
    const OutputMap extends Names<ColumnsNamed<Kept>> = {}
  >(
    options: KeepColumnsOptions<
      Name,
      Kept,
      Mapped<InputMap, ColumnsNamed<Kept>>,
      Mapped<OutputMap, ColumnsNamed<Kept>>
    >
  ): Step<
    Name,
    Renamed<ColumnsNamed<Kept>, InputMap>,
    MappedRows<Keeps<Kept>, InputMap, OutputMap>,
    StepParameters
  > &
    Picks<ReadonlyArray<Kept>> => {
    const { columns } = options
    return stepOf(definition, options, {
      kind: "step",
      reads: Object.fromEntries(columns.map((column) => [column, Schema.Unknown])),
      gives: (have) => ({
        columns: Object.fromEntries(
          columns.map((column) => [column, own(have.columns, column) ?? Schema.Any])
        ),
        open: false
      }),
      open: () =>
        Effect.succeed({ kind: "batch", process: (rows) => rows.map((row) => kept(row, columns)) })
    })
  }
)

const kept = (row: Row, columns: ReadonlyArray<string>): Row => {
  const result: Record<string, unknown> = {}
  for (const column of columns) {
    if (!Object.hasOwn(row, column)) throw new Error(`the row has no column '${column}'`)
    result[column] = row[column]
  }
  return result
}
