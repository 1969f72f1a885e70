/** Groups columns of several branches into lists. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../columns/mapping.ts"
import { mergedMetadata, metadataColumn } from "../columns/metadata.ts"
import { own } from "../columns/own.ts"
import type { ColumnsNamed, Row, RowFunction } from "../columns/Row.ts"
import { required, type Shape } from "../columns/Shape.ts"
import { type AnyDefinition, define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { AnyStep, JoinStep, Picks } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"

/**
 * What each branch has under `Columns[i]` becomes a list under `Names[i]`, or `grouped_` and the
 * column's name.
 */
export interface Groups<
  Columns extends ReadonlyArray<string>,
  Names extends ReadonlyArray<string>
> extends RowFunction {
  readonly result: {
    readonly [
      C in keyof this["row"] as C extends Columns[number]
        ? never
        : C extends Grouped<Columns, Names>[keyof Columns & `${number}`]
          ? never
          : C
    ]: this["row"][C]
  } & {
    readonly [I in keyof Columns & `${number}` as Grouped<Columns, Names>[I]]: ReadonlyArray<
      this["row"][Columns[I] & keyof this["row"]]
    >
  }
}

type Grouped<Columns extends ReadonlyArray<string>, Names extends ReadonlyArray<string>> = {
  readonly [I in keyof Columns]: I extends keyof Names
    ? Names[I] & string
    : `grouped_${Columns[I] & string}`
}

/** The lists by their names. */
type Lists<Columns extends ReadonlyArray<string>, Names extends ReadonlyArray<string>> = {
  readonly [C in Grouped<Columns, Names>[keyof Columns & `${number}`]]: unknown
}

export interface GroupColumnsOptions<
  Name extends string,
  Columns extends ReadonlyArray<string>,
  OutputColumns,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** Columns to group. */
  readonly columns: Columns
  /** Names of the lists, one for each column. Default: `grouped_` and the column's name. */
  readonly outputColumns?: OutputColumns
  /** The flow's columns under the step's own names: `{ generation: "answer" }`. */
  readonly inputMappings?: InputMap
  /** New names for the lists: `{ grouped_generation: "answers" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

/** A list of as many names as there are columns. */
export type NameEach<Columns extends ReadonlyArray<string>> = {
  readonly [I in keyof Columns]: string
}

const options = {
  columns: Schema.Array(Schema.String),
  outputColumns: Schema.optionalKey(Schema.Array(Schema.String))
}
const defaults = { outputColumns: [] }

export const definition = define({
  type: "GroupColumns",
  about:
    "Gathers columns of the branches into lists, one value for each row that came out of a branch, in branch order.",
  options,
  defaults,
  python: {}
})

/**
 * Gathers columns of the branches into lists, one value for each row that came out of a branch, in
 * branch order.
 *
 * The grouped columns go, of the other columns the last branch wins, `distilabel_metadata` is
 * merged. A branch that gave no row (not routed there, filtered) adds nothing to the lists.
 *
 * @example
 *   const combine = GroupColumns({ name: "combine", columns: ["generation", "model_name"], outputColumns: ["generations", "model_names"] })
 *
 * @reads the columns to group
 * @adds a list for each of them
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/groupcolumns/
 */
export const GroupColumns = defined(
  definition,
  <
    const Name extends string,
    const Columns extends ReadonlyArray<string>,
    const OutputColumns extends NameEach<Columns> | readonly [] = readonly [],
    const InputMap extends Names<ColumnsNamed<Columns[number]>> = {},
    const OutputMap extends Names<Lists<Columns, OutputColumns>> = {}
  >(
    options: GroupColumnsOptions<
      Name,
      Columns,
      OutputColumns,
      Mapped<InputMap, ColumnsNamed<Columns[number]>>,
      Mapped<OutputMap, Lists<Columns, OutputColumns>>
    >
  ): JoinStep<
    Name,
    Renamed<ColumnsNamed<Columns[number]>, InputMap>,
    MappedRows<
      Groups<Columns, OutputColumns>,
      InputMap,
      OutputMap,
      Exclude<keyof Lists<Columns, OutputColumns>, Columns[number]>
    >,
    StepParameters
  > &
    Picks<Columns> => grouping(definition, options)
)

export const combining = define({
  type: "CombineColumns",
  about: "`GroupColumns` under the name it had in distilabel before 1.4.",
  options,
  defaults,
  python: { name: "GroupColumns" }
})

/**
 * `GroupColumns` under the name it had in distilabel before 1.4.
 *
 * @example
 *   const combine = CombineColumns({ name: "combine", columns: ["generation", "model_name"], outputColumns: ["generations", "model_names"] })
 *
 * @reads the columns to combine
 * @adds a list for each of them
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/groupcolumns/
 */
export const CombineColumns = defined(
  combining,
  <
    const Name extends string,
    const Columns extends ReadonlyArray<string>,
    const OutputColumns extends NameEach<Columns> | readonly [] = readonly [],
    const InputMap extends Names<ColumnsNamed<Columns[number]>> = {},
    const OutputMap extends Names<Lists<Columns, OutputColumns>> = {}
  >(
    options: GroupColumnsOptions<
      Name,
      Columns,
      OutputColumns,
      Mapped<InputMap, ColumnsNamed<Columns[number]>>,
      Mapped<OutputMap, Lists<Columns, OutputColumns>>
    >
  ): JoinStep<
    Name,
    Renamed<ColumnsNamed<Columns[number]>, InputMap>,
    MappedRows<
      Groups<Columns, OutputColumns>,
      InputMap,
      OutputMap,
      Exclude<keyof Lists<Columns, OutputColumns>, Columns[number]>
    >,
    StepParameters
  > &
    Picks<Columns> => grouping(combining, options)
)

const grouping = <S extends AnyStep>(
  of: AnyDefinition,
  given: GroupColumnsOptions<string, ReadonlyArray<string>, ReadonlyArray<string>>
): S => {
  const { columns, name, outputColumns = defaults.outputColumns } = given
  if (outputColumns.length > 0 && outputColumns.length !== columns.length) {
    throw new RangeError(
      `${of.type} '${name}' has ${columns.length} columns and ${outputColumns.length} outputColumns: give a name for each column, or none.`
    )
  }
  const groups = columns
    .map((column, i) => ({ column, list: outputColumns[i] ?? `grouped_${column}` }))
    .filter(({ column }) => column !== metadataColumn)
  const filled = { ...given, outputColumns }
  return stepOf<S>(of, filled, {
    kind: "join",
    rowCount: "many-to-one",
    reads: Object.fromEntries(columns.map((column) => [column, Schema.Unknown])),
    gives: (have) => grouped(have, groups),
    open: () =>
      Effect.succeed({
        kind: "join",
        process: (arms) =>
          arms.every((arm) => arm.length === 0) ? [] : [groupedRow(arms.flat(), groups)]
      })
  })
}

interface Group {
  readonly column: string
  readonly list: string
}

const grouped = ({ columns, open }: Shape, groups: ReadonlyArray<Group>): Shape => {
  const rest = Object.entries(columns).filter(
    ([column]) => !groups.some((group) => group.column === column)
  )
  const lists = groups.map(({ column, list }) => [
    list,
    Schema.Array(required(own(columns, column) ?? Schema.Any))
  ])
  return { columns: Object.fromEntries([...rest, ...lists]), open }
}

const groupedRow = (rows: ReadonlyArray<Row>, groups: ReadonlyArray<Group>): Row => {
  const row: Record<string, unknown> = Object.assign({}, ...rows)
  for (const { column } of groups) delete row[column]
  for (const { column, list } of groups) {
    const values = rows.filter((from) => Object.hasOwn(from, column)).map((from) => from[column])
    if (values.length > 0) row[list] = values
  }
  return { ...row, ...mergedMetadata(rows) }
}
