/** Lookup: columns from the row of a second dataset that has the same key. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { DeclaredColumns, RowOf } from "../columns/Columns.ts"
import type { Mapped, MappedRows, Names, Renamed } from "../columns/mapping.ts"
import { own } from "../columns/own.ts"
import type { Adds, ColumnsNamed, Row } from "../columns/Row.ts"
import { required, withColumns } from "../columns/Shape.ts"
import { columnsOf } from "../columns/standard.ts"
import { checkedOptions } from "../step/checkedOptions.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import { ColumnsOption } from "../step/options.ts"
import type { Step } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"
import {
  checkReference,
  mayChange,
  readReference,
  referenceName,
  type ReferenceOptions,
  referenceOptions
} from "./reference.ts"

/** What becomes of a row whose key is not in the second dataset. */
export type Missing = "fail" | "null" | "drop"

/** The columns that are found; null where nothing is, if that is wanted. */
export type LookedUp<Out extends DeclaredColumns, M extends Missing> = M extends "null"
  ? { readonly [C in keyof RowOf<Out>]-?: RowOf<Out>[C] | null }
  : RowOf<Out>

export interface LookupOptions<
  Name extends string,
  On extends string,
  Out extends DeclaredColumns,
  M extends Missing,
  InputMap = {},
  OutputMap = {}
> extends ReferenceOptions {
  readonly name: Name
  /** The column with the key. */
  readonly on: On
  /** The column with the key in the second dataset. Default: the same name. */
  readonly key?: string
  /** The columns of the second dataset that are added. */
  readonly columns: Out
  /** What becomes of a row whose key is not there: an error row, nulls, or nothing. Default `fail`. */
  readonly missing?: M
  /** The flow's columns under the step's own names: `{ id: "product_id" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "Lookup",
  about: "Adds columns from the row of a second dataset that has the same key.",
  options: {
    on: Schema.String,
    key: Schema.optionalKey(Schema.String),
    columns: ColumnsOption,
    missing: Schema.optionalKey(Schema.Literals(["fail", "null", "drop"])),
    ...referenceOptions
  },
  defaults: { missing: "fail" }
})

/**
 * Adds columns from the row of a second dataset that has the same key.
 *
 * The second dataset is a file, a dataset of the Hub, or rows that the program has; its keys and
 * added columns are held in memory. Keys are compared as text, so that the `7` of a CSV file is
 * that of a number. A key that stands there twice is refused before the run.
 *
 * @example
 *   const priced = Lookup({
 *     name: "priced",
 *     on: "product_id",
 *     key: "id",
 *     data: [{ id: 7, price: 2.5 }],
 *     columns: { price: Schema.Number },
 *     missing: "null"
 *   })
 *
 * @reads the column with the key
 * @adds the declared columns; or null where the key is not there, with `missing: "null"`
 * @fails StepFailed if the dataset cannot be read, has no key or has one twice; RowFailed for a row whose key is not there
 */
export const Lookup = defined(
  definition,
  <
    const Name extends string,
    const On extends string,
    Out extends DeclaredColumns,
    const M extends Missing = "fail",
    const InputMap extends Names<ColumnsNamed<On>> = {},
    const OutputMap extends Names<RowOf<Out>> = {}
  >(
    options: LookupOptions<
      Name,
      On,
      Out,
      M,
      Mapped<InputMap, ColumnsNamed<On>>,
      Mapped<OutputMap, RowOf<Out>>
    >
  ): Step<
    Name,
    Renamed<ColumnsNamed<On>, InputMap>,
    MappedRows<Adds<LookedUp<Out, M>>, InputMap, OutputMap>,
    StepParameters
  > => {
    checkedOptions(definition.type, definition.options, {}, options)
    checkReference(`Lookup '${options.name}'`, options)
    const { columns, key = options.on, name, on } = options
    const missing: Missing = options.missing ?? "fail"
    const found = columnsOf(columns)
    const added =
      missing === "null"
        ? Object.fromEntries(
            Object.entries(found).map(([column, schema]) => [
              column,
              Schema.NullOr(required(schema) as Schema.Top)
            ])
          )
        : found
    return stepOf(
      definition,
      { ...options, ...mayChange(options) },
      {
        kind: "step",
        rowCount: missing === "drop" ? "filter" : "one-to-one",
        reads: { [on]: Schema.Unknown },
        gives: (have) => withColumns(have, added),
        extendsRows: true,
        declares: { columns: added, open: false },
        open: () => {
          const table = new Map<string, Row>()
          const names = Object.keys(found)
          const nulls = Object.fromEntries(names.map((column) => [column, null]))
          const take = (row: Row, position: number): void => {
            const value = keyOf(own(row, key))
            const where = `row ${position + 1} of ${referenceName(options)}`
            if (value === undefined) throw new Error(`${where} has no key in column '${key}'`)
            if (table.has(value))
              throw new Error(`${where} has the key '${value}', which a row before it has already`)
            table.set(
              value,
              Object.fromEntries(
                names.flatMap((column) =>
                  Object.hasOwn(row, column) ? [[column, row[column]] as const] : []
                )
              )
            )
          }
          return Effect.as(readReference(name, options, take), {
            kind: "batch" as const,
            process: (rows: ReadonlyArray<Row>) =>
              rows.flatMap((row) => {
                const value = keyOf(row[on])
                const other = value === undefined ? undefined : table.get(value)
                if (other !== undefined) return [{ ...row, ...other }]
                if (missing === "drop") return []
                if (missing === "null") return [{ ...row, ...nulls }]
                throw new Error(
                  value === undefined
                    ? `column '${on}' has no key: it is null, a list or an object`
                    : `there is no row with ${key} '${value}' in ${referenceName(options)}`
                )
              })
          })
        }
      }
    )
  }
)

/** A key as text; undefined where there is none. */
const keyOf = (value: unknown): string | undefined =>
  typeof value === "string" ||
  typeof value === "number" ||
  typeof value === "bigint" ||
  typeof value === "boolean"
    ? String(value)
    : undefined
