/** What everyone writes by hand: a function for each row, to filter or to change it. */
import * as Schema from "effect/Schema"
import type { DeclaredColumns, RowOf } from "../columns/Columns.ts"
import { columnsRead, type InputRow, type Inputs } from "../columns/inputs.ts"
import type { Mapped, Names, Renamed } from "../columns/mapping.ts"
import type { Passes, RowFunction } from "../columns/Row.ts"
import { narrowable } from "../columns/Shape.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import { ColumnsOption, FunctionOption, InputsOption } from "../step/options.ts"
import { ownStep } from "../step/ownStep.ts"
import type { Given } from "../step/OwnStepOptions.ts"
import type { Step } from "../step/Step.ts"

/** The row in which the columns that a type guard tells of have the types that it tells. */
export interface Narrows<Passing> extends RowFunction {
  readonly result: {
    readonly [C in keyof this["row"]]: C extends keyof Passing
      ? this["row"][C] & Passing[C]
      : this["row"][C]
  }
}

export interface FilterRowsOptions<
  Name extends string,
  In extends Inputs,
  Passing extends InputRow<In> = InputRow<In>,
  InputMap = {}
> {
  readonly name: Name
  /** Columns that `where` reads. Default: none. */
  readonly inputs?: In
  /**
   * Rows for which it gives true go on, the others end here. A type guard, `(row): row is { score:
   * number } => …`, narrows the columns for the steps that follow.
   */
  readonly where:
    | ((row: InputRow<NoInfer<In>>) => row is Passing)
    | ((row: InputRow<NoInfer<In>>) => boolean)
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: Mapped<InputMap, InputRow<In>>
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
  defaults: {}
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
  <
    const Name extends string,
    In extends Inputs = {},
    Passing extends InputRow<In> = InputRow<In>,
    const InputMap extends Names<InputRow<In>> = {}
  >(
    options: FilterRowsOptions<Name, In, Passing, InputMap>
  ): Step<
    Name,
    Renamed<InputRow<In>, InputMap>,
    [InputRow<In>] extends [Passing] ? Passes : Narrows<Renamed<Passing, InputMap>>,
    StepParameters
  > =>
    ownStep(
      "step",
      filtering,
      {
        ...options,
        process: (rows: ReadonlyArray<InputRow<In>>) =>
          rows.filter((row) => (options.where as (row: InputRow<In>) => boolean)(row))
      },
      "filter",
      (have) => narrowable(have, columnsRead(options.inputs ?? {}))
    )
)

export interface MapRowsOptions<
  Name extends string,
  In extends Inputs,
  Out extends DeclaredColumns,
  Removed extends string,
  InputMap = {},
  OutputMap = {}
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
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: Mapped<InputMap, InputRow<In>>
  /** New names for the columns that `map` gives. */
  readonly outputMappings?: Mapped<OutputMap, RowOf<Out>>
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
  defaults: {}
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
    const Removed extends string = never,
    const InputMap extends Names<InputRow<In>> = {},
    const OutputMap extends Names<RowOf<Out>> = {}
  >(
    options: MapRowsOptions<Name, In, Out, Removed, InputMap, OutputMap>
  ): Step<
    Name,
    Renamed<InputRow<In>, InputMap>,
    Given<RowOf<Out>, InputMap, OutputMap, Removed, false>,
    StepParameters
  > =>
    ownStep(
      "step",
      mapping,
      { ...options, process: (rows: ReadonlyArray<InputRow<In>>) => rows.map(options.map) },
      "one-to-one"
    )
)
