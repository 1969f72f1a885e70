/** Loads rows that the program already has. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ColumnProblem, rowDecoder } from "../columns/declaredValues.ts"
import { columnsOfRows } from "../columns/infer.ts"
import { type OutputRow, type Outputs, outputsOf } from "../columns/inputs.ts"
import type { Mapped, Names, RenamedOut } from "../columns/mapping.ts"
import type { Row } from "../columns/Row.ts"
import type { Shape } from "../columns/Shape.ts"
import { define, defined } from "../step/Definition.ts"
import type { GeneratorParameters } from "../step/makeStep.ts"
import { ColumnsOption, RowsOption } from "../step/options.ts"
import type { GeneratorStep } from "../step/Step.ts"
import { StepFailed } from "../step/StepFailed.ts"
import { stepOf } from "../step/stepOf.ts"

export interface LoadDataFromDictsOptions<
  Name extends string,
  Data extends object,
  OutputMap,
  Out extends Outputs = never
> {
  readonly name: Name
  /** The rows. They are copied on their way out, never changed. */
  readonly data: ReadonlyArray<Data>
  /**
   * The columns of the rows, which are checked against them before the run. Default: as TypeScript
   * knows them.
   */
  readonly columns?: Out
  /** Rows in one batch. Default 50. */
  readonly batchSize?: number
  /** New names for columns: `{ prompt: "instruction" }`. */
  readonly outputMappings?: OutputMap
}

/** The rows: as they are declared, else as TypeScript knows them. */
export type DictsRow<Data extends object, Out extends Outputs> = [Out] extends [never]
  ? { readonly [C in keyof Data]: Data[C] }
  : OutputRow<Out>

export const definition = define({
  type: "LoadDataFromDicts",
  about: "Gives the rows of a list, typed as they are.",
  options: { data: RowsOption, columns: Schema.optionalKey(ColumnsOption) },
  defaults: {},
  python: { lacks: ["columns"] }
})

/**
 * Gives the rows of a list, typed as they are.
 *
 * Rows that come from elsewhere, such as parsed JSON, are typed by `columns`: schemas of effect,
 * zod and others, against which all rows are checked before the run.
 *
 * @example
 *   const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Name a river in Peru." }] })
 *
 * @adds the columns of the rows
 * @fails StepFailed if a row does not fit `columns`
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/loaddatafromdicts/
 */
export const LoadDataFromDicts = defined(
  definition,
  <
    const Name extends string,
    Data extends object,
    Out extends Outputs = never,
    const OutputMap extends Names<DictsRow<Data, Out>> = {}
  >(
    options: LoadDataFromDictsOptions<Name, Data, Mapped<OutputMap, DictsRow<Data, Out>>, Out>
  ): GeneratorStep<Name, RenamedOut<DictsRow<Data, Out>, {}, OutputMap>, GeneratorParameters> => {
    const { columns, data, name } = options
    const given = data as ReadonlyArray<object> as ReadonlyArray<Row>
    const declared = columns === undefined ? undefined : outputsOf(columns)
    const rows =
      declared === undefined
        ? Effect.succeed(given)
        : Effect.suspend(() => declaredRows(name, declared, given))
    return stepOf(definition, options, {
      kind: "generator",
      gives: () => declared ?? { columns: columnsOfRows(given), open: given.length === 0 },
      check: () => Effect.asVoid(rows),
      open: () =>
        Effect.map(rows, (all) => ({
          kind: "generator",
          generate: (offset) => all.slice(offset),
          total: all.length
        }))
    })
  }
)

const mostTold = 3

/** The rows with the values of their declared columns, and no others unless the source is open. */
const declaredRows = (
  step: string,
  { columns, open }: Shape,
  rows: ReadonlyArray<Row>
): Effect.Effect<ReadonlyArray<Row>, StepFailed> => {
  const decode = rowDecoder(columns)
  const wrong: Array<string> = []
  const decoded = rows.map((row, i): Row => {
    const result = decode(row)
    if (!(result instanceof ColumnProblem)) return open ? result : only(result, columns)
    wrong.push(`row ${i + 1}: ${result.detail}`)
    return row
  })
  if (wrong.length === 0) return Effect.succeed(decoded)
  const more = wrong.length - mostTold
  return Effect.fail(
    new StepFailed({
      step,
      phase: "load",
      reason: "WrongColumns",
      detail: `${wrong.slice(0, mostTold).join("; ")}${more > 0 ? `; and ${more} more rows` : ""}. Correct the rows, or their columns.`
    })
  )
}

const only = (row: Row, columns: object): Row =>
  Object.keys(row).every((column) => Object.hasOwn(columns, column))
    ? row
    : Object.fromEntries(Object.entries(row).filter(([column]) => Object.hasOwn(columns, column)))
