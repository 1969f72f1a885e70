/** Drops rows that lack a value. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../columns/mapping.ts"
import { own } from "../columns/own.ts"
import type { ColumnsNamed, RowFunction } from "../columns/Row.ts"
import { withColumns } from "../columns/Shape.ts"
import { withoutNull } from "../columns/withoutNull.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { Picks, Step } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"

/** The named columns are not null. */
export interface WithValues<Columns extends string> extends RowFunction {
  readonly result: {
    readonly [C in keyof this["row"] as C extends Columns ? never : C]: this["row"][C]
  } & {
    readonly [C in Columns & keyof this["row"]]: Exclude<this["row"][C], null>
  }
}

export interface DropNullsOptions<
  Name extends string,
  Columns extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** Columns that must hold a value. */
  readonly columns: ReadonlyArray<Columns>
  /** The flow's columns under the step's own names: `{ generation: "answer" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns: `{ generation: "answer" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "DropNulls",
  about: "Drops rows in which one of the named columns is null.",
  options: { columns: Schema.Array(Schema.String) },
  defaults: {}
})

/**
 * Drops rows in which one of the named columns is null. The steps after it get their
 * types without null.
 *
 * @example
 *   const answered = DropNulls({ name: "answered", columns: ["generation"] })
 *
 * @reads the named columns, each perhaps null
 */
export const DropNulls = defined(
  definition,
  <
    const Name extends string,
    const Columns extends string,
    const InputMap extends Names<ColumnsNamed<Columns>> = {},
    const OutputMap extends Names<ColumnsNamed<Columns>> = {}
  >(
    options: DropNullsOptions<
      Name,
      Columns,
      Mapped<InputMap, ColumnsNamed<Columns>>,
      Mapped<OutputMap, ColumnsNamed<Columns>>
    >
  ): Step<
    Name,
    Renamed<ColumnsNamed<Columns>, InputMap>,
    MappedRows<WithValues<Columns>, InputMap, OutputMap>,
    StepParameters
  > &
    Picks<ReadonlyArray<Columns>> => {
    const { columns } = options
    return stepOf(definition, options, {
      kind: "step",
      rowCount: "filter",
      reads: Object.fromEntries(columns.map((column) => [column, Schema.Unknown])),
      gives: (have) =>
        withColumns(
          have,
          Object.fromEntries(
            columns.map((column) => [column, withoutNull(own(have.columns, column) ?? Schema.Any)])
          )
        ),
      open: () =>
        Effect.succeed({
          kind: "batch",
          process: (rows) =>
            rows.filter((row) =>
              columns.every((column) => row[column] !== null && row[column] !== undefined)
            )
        })
    })
  }
)
