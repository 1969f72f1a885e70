/** Merges columns into one list. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../columns/mapping.ts"
import { own } from "../columns/own.ts"
import type { ColumnsNamed, RowFunction } from "../columns/Row.ts"
import { required, type Shape } from "../columns/Shape.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { Picks, Step } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"
import { elementSchema } from "./elements.ts"

/** The values of the columns, lists taken apart, become one list; the columns go. */
export interface Merges<Merged extends string, Output extends string> extends RowFunction {
  readonly result: {
    readonly [C in keyof this["row"] as C extends Merged | Output ? never : C]: this["row"][C]
  } & { readonly [O in Output]: ReadonlyArray<Item<this["row"][Merged & keyof this["row"]]>> }
}
type Item<Value> = Value extends ReadonlyArray<infer Element> ? Element : Value

export interface MergeColumnsOptions<
  Name extends string,
  Merged extends string,
  Output extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** Columns to merge, in order. */
  readonly columns: ReadonlyArray<Merged>
  /** The name of the list. Default `merged_column`. */
  readonly outputColumn?: Output
  /** The flow's columns under the step's own names: `{ queries: "questions" }`. */
  readonly inputMappings?: InputMap
  /** New names for the list: `{ merged_column: "queries" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "MergeColumns",
  about:
    "Puts the values of several columns into one list: a list gives its items, any other value itself.",
  options: {
    columns: Schema.Array(Schema.String),
    outputColumn: Schema.optionalKey(Schema.String)
  },
  defaults: { outputColumn: "merged_column" },
  python: {}
})

/**
 * Puts the values of several columns into one list: a list gives its items, any other value itself.
 * The merged columns go.
 *
 * @example
 *   const all = MergeColumns({ name: "all", columns: ["queries", "more_queries"], outputColumn: "queries" })
 *
 * @reads the columns to merge
 * @adds the list
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/mergecolumns/
 */
export const MergeColumns = defined(
  definition,
  <
    const Name extends string,
    const Merged extends string,
    const Output extends string = typeof definition.defaults.outputColumn,
    const InputMap extends Names<ColumnsNamed<Merged>> = {},
    const OutputMap extends Names<ColumnsNamed<Output>> = {}
  >(
    options: MergeColumnsOptions<
      Name,
      Merged,
      Output,
      Mapped<InputMap, ColumnsNamed<Merged>>,
      Mapped<OutputMap, ColumnsNamed<Output>>
    >
  ): Step<
    Name,
    Renamed<ColumnsNamed<Merged>, InputMap>,
    MappedRows<Merges<Merged, Output>, InputMap, OutputMap, Exclude<Output, Merged>>,
    StepParameters
  > &
    Picks<ReadonlyArray<Merged>> => {
    const { columns, outputColumn } = options
    const output =
      outputColumn === undefined || outputColumn === ""
        ? definition.defaults.outputColumn
        : outputColumn
    return stepOf(definition, options, {
      kind: "step",
      reads: Object.fromEntries(columns.map((column) => [column, Schema.Unknown])),
      gives: (have) => merged(have, columns, output),
      open: () =>
        Effect.succeed({
          kind: "batch",
          process: (rows) =>
            rows.map((row) => {
              const rest: Record<string, unknown> = { ...row }
              for (const column of columns) {
                if (!Object.hasOwn(row, column))
                  throw new Error(`the row has no column '${column}'`)
                delete rest[column]
              }
              return { ...rest, [output]: columns.flatMap((column) => row[column]) }
            })
        })
    })
  }
)

const merged = (
  { columns, open }: Shape,
  sources: ReadonlyArray<string>,
  output: string
): Shape => {
  const rest = Object.entries(columns).filter(
    ([column]) => !sources.includes(column) && column !== output
  )
  const items = sources.map((column) => {
    const schema = required(own(columns, column) ?? Schema.Any)
    return elementSchema(schema) ?? schema
  })
  const item = items.length === 1 ? items[0]! : Schema.Union(items)
  return { columns: Object.fromEntries([...rest, [output, Schema.Array(item)]]), open }
}
