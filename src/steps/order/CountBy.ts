/** CountBy: how many rows there are of each kind. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../../columns/mapping.ts"
import { own } from "../../columns/own.ts"
import type { ColumnsNamed, Row, RowFunction } from "../../columns/Row.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { define, defined } from "../../step/Definition.ts"
import type { Step } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"
import { contentHash } from "../values/contentHash.ts"

/** The columns that are counted by, and their count. */
export interface Counts<By extends string, Output extends string> extends RowFunction {
  readonly result: { readonly [C in By & keyof this["row"]]: this["row"][C] } & {
    readonly [C in Output]: number
  }
}

export interface CountByOptions<
  Name extends string,
  By extends string,
  Output extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** The columns: rows with equal values in all of them are of one kind. */
  readonly columns: ReadonlyArray<By>
  /** Where the count goes. Default `count`. */
  readonly outputColumn?: Output
  /** The flow's columns under the step's own names: `{ language: "lang" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

export const definition = define({
  type: "CountBy",
  about: "Counts the rows of each kind: those with equal values in the named columns.",
  options: {
    columns: Schema.Array(Schema.String),
    outputColumn: Schema.optionalKey(Schema.String)
  },
  defaults: { outputColumn: "count" }
})

/**
 * Counts the rows of each kind: those with equal values in the named columns. A row comes out for
 * each kind, the most frequent first, with these columns and the count; all other columns go.
 *
 * @example
 *   const languages = CountBy({ name: "languages", columns: ["language"] })
 *
 * @reads the columns, of any type
 * @adds the output column, a number
 */
export const CountBy = defined(
  definition,
  <
    const Name extends string,
    const By extends string,
    const Output extends string = typeof definition.defaults.outputColumn,
    const InputMap extends Names<ColumnsNamed<By>> = {},
    const OutputMap extends Names<ColumnsNamed<By | Output>> = {}
  >(
    options: CountByOptions<
      Name,
      By,
      Output,
      Mapped<InputMap, ColumnsNamed<By>>,
      Mapped<OutputMap, ColumnsNamed<By | Output>>
    >
  ): Step<
    Name,
    Renamed<ColumnsNamed<By>, InputMap>,
    MappedRows<Counts<By, Output>, InputMap, OutputMap>,
    {}
  > => {
    checkedOptions(definition.type, definition.options, {}, options)
    const { columns, outputColumn } = { ...definition.defaults, ...options }
    return stepOf(definition, options, {
      kind: "global",
      rowCount: "many-to-one",
      reads: Object.fromEntries(columns.map((column) => [column, Schema.Unknown])),
      gives: (have) => ({
        columns: {
          ...Object.fromEntries(
            columns.map((column) => [column, own(have.columns, column) ?? Schema.Any])
          ),
          [outputColumn]: Schema.Number
        },
        open: false
      }),
      open: () =>
        Effect.succeed({
          kind: "batch",
          streams: true,
          process: (rows) => counted(rows, columns, outputColumn)
        })
    })
  }
)

const counted = (
  rows: Iterable<Row>,
  columns: ReadonlyArray<string>,
  outputColumn: string
): ReadonlyArray<Row> => {
  const kinds = new Map<string, { readonly values: Row; count: number }>()
  for (const row of rows) {
    const key = contentHash(row, columns).toString("base64url")
    const kind = kinds.get(key)
    if (kind !== undefined) kind.count++
    else
      kinds.set(key, {
        values: Object.fromEntries(columns.map((column) => [column, row[column] ?? null])),
        count: 1
      })
  }
  return [...kinds.values()]
    .toSorted((a, b) => b.count - a.count)
    .map(({ count, values }) => ({ ...values, [outputColumn]: count }))
}
