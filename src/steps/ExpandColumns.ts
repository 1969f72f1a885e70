/** Expands columns of lists into rows. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../columns/mapping.ts"
import { metadataColumn } from "../columns/metadata.ts"
import { own } from "../columns/own.ts"
import type { Row, RowFunction } from "../columns/Row.ts"
import { required, type Shape } from "../columns/Shape.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { Picks, Step } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"
import { elementSchema } from "./elements.ts"
import { splitStatistics as split } from "./splitStatistics.ts"

/** Old names to new ones; an empty new name keeps the old one. */
export type ExpandMap = Readonly<Record<string, string>>

/** A list column becomes its element, under its own name or a new one. */
export interface Expands<Map extends ExpandMap, Encoded extends string> extends RowFunction {
  readonly result: {
    readonly [C in keyof this["row"] as C extends NewName<Map> ? never : C]: this["row"][C]
  } & {
    readonly [C in keyof Map & string as Map[C] extends "" ? C : Map[C]]: C extends Encoded
      ? unknown
      : Element<this["row"][C & keyof this["row"]]>
  }
}
/** The lists that are read, and the items that are added. */
type ListsOf<Map extends ExpandMap, Encoded extends string> = {
  readonly [C in keyof Map]: C extends Encoded ? string : ReadonlyArray<unknown> | null
}
type ItemsOf<Map extends ExpandMap> = { readonly [C in NewName<Map>]: unknown }
type NewName<Map extends ExpandMap> = {
  readonly [C in keyof Map & string]: Map[C] extends "" ? C : Map[C]
}[keyof Map & string]
type Element<List> = List extends ReadonlyArray<infer E> ? E : List extends null ? null : never

/** `columns` as a record, whether it was given as one or as a list. */
type MapOf<Columns> =
  Columns extends ReadonlyArray<infer C extends string>
    ? { readonly [X in C]: X }
    : Columns extends ExpandMap
      ? Columns
      : never
type EncodedOf<Columns, Encoded> = Encoded extends true
  ? keyof MapOf<Columns> & string
  : Encoded extends ReadonlyArray<infer C extends string>
    ? C
    : never

export interface ExpandColumnsOptions<
  Name extends string,
  Columns,
  Encoded,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** Columns of lists: `["answers"]`, or with new names: `{ answers: "answer" }`. */
  readonly columns: Columns
  /** Columns whose lists are JSON text: `true` for all of them. Default `false`. */
  readonly encoded?: Encoded
  /**
   * Whether token counts in `distilabel_metadata` are divided among the rows. Default `false`: each
   * row repeats them.
   */
  readonly splitStatistics?: boolean
  /** The flow's columns under the step's own names: `{ generations: "answers" }`. */
  readonly inputMappings?: InputMap
  /** New names for the items: `{ generations: "generation" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

const ListOfNames = Schema.Array(Schema.String)

export const definition = define({
  type: "ExpandColumns",
  about: "Makes a row of each item of a list; several columns are expanded side by side.",
  options: {
    columns: Schema.Union([Schema.Record(Schema.String, Schema.String), ListOfNames]),
    encoded: Schema.optionalKey(Schema.Union([Schema.Boolean, ListOfNames])),
    splitStatistics: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { encoded: false, splitStatistics: false },
  python: {}
})

/**
 * Makes a row of each item of a list; several columns are expanded side by side. An empty list
 * gives no row, a null one a row with null.
 *
 * A column that gets a new name stays as it was under its old one.
 *
 * @example
 *   const each = ExpandColumns({ name: "each", columns: { generations: "generation" } })
 *
 * @reads the columns to expand: lists, or JSON text of lists
 * @adds their items
 * @fails RowFailed if a value is no list, or the lists of a row differ in length
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/expandcolumns/
 */
export const ExpandColumns = defined(
  definition,
  <
    const Name extends string,
    const Columns extends ReadonlyArray<string> | ExpandMap,
    const Encoded extends boolean | ReadonlyArray<NoInfer<keyof MapOf<Columns> & string>> = false,
    const InputMap extends Names<ListsOf<MapOf<Columns>, never>> = {},
    const OutputMap extends Names<ItemsOf<MapOf<Columns>>> = {}
  >(
    options: ExpandColumnsOptions<
      Name,
      Columns,
      Encoded,
      Mapped<InputMap, ListsOf<MapOf<Columns>, never>>,
      Mapped<OutputMap, ItemsOf<MapOf<Columns>>>
    >
  ): Step<
    Name,
    Renamed<ListsOf<MapOf<Columns>, EncodedOf<Columns, Encoded>>, InputMap>,
    MappedRows<
      Expands<MapOf<Columns>, EncodedOf<Columns, Encoded>>,
      InputMap,
      OutputMap,
      Exclude<NewName<MapOf<Columns>>, keyof MapOf<Columns>>
    >,
    StepParameters
  > &
    Picks<Columns> => {
    const { columns, name, splitStatistics = definition.defaults.splitStatistics } = options
    const names = columnMap(columns)
    const encoded: ReadonlyArray<string> =
      options.encoded === true
        ? Object.keys(names)
        : options.encoded === undefined || options.encoded === false
          ? []
          : options.encoded
    const foreign = encoded.find((column) => !Object.hasOwn(names, column))
    if (foreign !== undefined)
      throw new RangeError(
        `ExpandColumns '${name}' has encoded column '${foreign}', which is none of its columns: ${Object.keys(names).join(", ")}.`
      )
    const list = Schema.NullOr(Schema.Array(Schema.Unknown))
    const filled = { ...options, splitStatistics }
    return stepOf(definition, filled, {
      kind: "step",
      rowCount: "one-to-many",
      reads: Object.fromEntries(
        Object.keys(names).map((column) => [
          column,
          encoded.includes(column) ? Schema.String : list
        ])
      ),
      gives: (have) => expanded(have, names, encoded),
      open: () =>
        Effect.succeed({
          kind: "batch",
          process: (rows) =>
            rows.flatMap((row) => expandedRows(row, names, encoded, splitStatistics))
        })
    })
  }
)

const columnMap = (columns: ReadonlyArray<string> | ExpandMap): ExpandMap =>
  Array.isArray(columns)
    ? Object.fromEntries((columns as ReadonlyArray<string>).map((column) => [column, column]))
    : Object.fromEntries(
        Object.entries(columns as ExpandMap).map(([column, name]) => [
          column,
          name === "" ? column : name
        ])
      )

const expanded = (
  { columns, open }: Shape,
  names: ExpandMap,
  encoded: ReadonlyArray<string>
): Shape => {
  const items = Object.entries(names).map(([column, name]) => {
    const schema = encoded.includes(column)
      ? Schema.Unknown
      : (elementSchema(required(own(columns, column) ?? Schema.Any)) ?? Schema.Any)
    return [name, schema]
  })
  return { columns: { ...columns, ...Object.fromEntries(items) }, open }
}

const expandedRows = (
  row: Row,
  names: ExpandMap,
  encoded: ReadonlyArray<string>,
  splits: boolean
): ReadonlyArray<Row> => {
  const lists = Object.entries(names).map(([column, name]) => ({
    column,
    name,
    items: itemsOf(row, column, encoded.includes(column))
  }))
  const lengths = new Set(lists.flatMap(({ items }) => (items === null ? [] : [items.length])))
  if (lengths.size > 1) {
    const told = lists
      .map(({ column, items }) => `'${column}' has ${items === null ? "none" : items.length}`)
      .join(", ")
    throw new Error(`the lists differ in length: ${told}`)
  }
  const [count = 1] = lengths
  const metadata = splits ? split(row[metadataColumn], count) : undefined
  return Array.from({ length: count }, (_, i) => {
    const cells = Object.fromEntries(
      lists.map(({ items, name }) => [name, items === null ? null : items[i]])
    )
    return {
      ...row,
      ...cells,
      ...(metadata === undefined ? {} : { [metadataColumn]: metadata[i] })
    }
  })
}

const itemsOf = (row: Row, column: string, encoded: boolean): ReadonlyArray<unknown> | null => {
  const value = row[column]
  if (value === null || value === undefined) return null
  if (encoded && typeof value !== "string")
    throw new Error(`column '${column}' is declared as encoded, but holds no text`)
  const items: unknown = encoded ? JSON.parse(value as string) : value
  if (!Array.isArray(items))
    throw new Error(
      `column '${column}' holds no list, but ${typeof items === "object" ? "an object" : `a ${typeof items}`}`
    )
  return items
}
