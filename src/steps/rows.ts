/** What everyone writes by hand: a function for each row, to filter or to change it. */
import * as Schema from "effect/Schema"
import type { DeclaredColumns, RowOf } from "../columns/Columns.ts"
import type { InputRow, Inputs } from "../columns/inputs.ts"
import type { Adds, Passes, Swaps } from "../columns/Row.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import { ColumnsOption, FunctionOption, InputsOption } from "../step/options.ts"
import { ownStep } from "../step/ownStep.ts"
import type { Step } from "../step/Step.ts"

export interface FilterRowsOptions<Name extends string, In extends Inputs> {
  readonly name: Name
  /** Columns that `where` reads. Default: none. */
  readonly inputs?: In
  /** Rows for which it gives true go on, the others end here. */
  readonly where: (row: InputRow<NoInfer<In>>) => boolean
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
  /** False if rows must be worked out anew on every run. Default true. */
  readonly useCache?: boolean
  /** Says which code this is, where it cannot be seen in full; see `step`. */
  readonly version?: string
}

export const filtering = define({
  type: "FilterRows",
  about: "Lets some rows pass and drops the others.",
  options: {
    inputs: Schema.optionalKey(InputsOption),
    version: Schema.optionalKey(Schema.String),
    where: FunctionOption
  },
  defaults: {},
  takesMappings: false
})

/**
 * Lets some rows pass and drops the others.
 *
 * @example
 *   const good = FilterRows({ name: "good", inputs: { score: Schema.Number }, where: (row) => row.score >= 4 })
 *
 * @reads the declared inputs
 * @fails RowFailed for a row on which `where` throws
 */
export const FilterRows = defined(
  filtering,
  <const Name extends string, In extends Inputs = {}>(
    options: FilterRowsOptions<Name, In>
  ): Step<Name, InputRow<In>, Passes, StepParameters> =>
    ownStep(
      "step",
      filtering,
      { ...options, process: (rows: ReadonlyArray<InputRow<In>>) => rows.filter(options.where) },
      "filter"
    )
)

export interface MapRowsOptions<
  Name extends string,
  In extends Inputs,
  Out extends DeclaredColumns,
  Removed extends string
> {
  readonly name: Name
  /** Columns that `map` reads. Default: none. */
  readonly inputs?: In
  /** Columns that `map` gives. */
  readonly outputs: Out
  /** Columns that rows no longer have afterwards. */
  readonly removes?: ReadonlyArray<Removed>
  /** Gives the new columns of a row; the others stay. */
  readonly map: (row: InputRow<NoInfer<In>>) => RowOf<NoInfer<Out>>
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
  /** False if rows must be worked out anew on every run. Default true. */
  readonly useCache?: boolean
  /** Says which code this is, where it cannot be seen in full; see `step`. */
  readonly version?: string
}

export const mapping = define({
  type: "MapRows",
  about: "Adds columns to each row, or changes some.",
  options: {
    inputs: Schema.optionalKey(InputsOption),
    outputs: ColumnsOption,
    removes: Schema.optionalKey(Schema.Array(Schema.String)),
    version: Schema.optionalKey(Schema.String),
    map: FunctionOption
  },
  defaults: {},
  takesMappings: false
})

/**
 * Adds columns to each row, or changes some.
 *
 * @example
 *   const counted = MapRows({
 *     name: "counted",
 *     inputs: { text: Schema.String },
 *     outputs: { words: Schema.Number },
 *     map: (row) => ({ words: row.text.split(/\s+/).length })
 *   })
 *
 * @reads the declared inputs
 * @adds the declared outputs
 * @fails RowFailed for a row on which `map` throws
 */
export const MapRows = defined(
  mapping,
  <
    const Name extends string,
    Out extends DeclaredColumns,
    In extends Inputs = {},
    const Removed extends string = never
  >(
    options: MapRowsOptions<Name, In, Out, Removed>
  ): Step<
    Name,
    InputRow<In>,
    [Removed] extends [never] ? Adds<RowOf<Out>> : Swaps<Removed, RowOf<Out>>,
    StepParameters
  > =>
    ownStep(
      "step",
      mapping,
      { ...options, process: (rows: ReadonlyArray<InputRow<In>>) => rows.map(options.map) },
      "one-to-one"
    )
)
