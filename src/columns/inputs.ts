/** What a step may declare as its inputs and outputs, beyond a plain record of columns. */
import type { Columns, DeclaredColumns, RowOf } from "./Columns.ts"
import type { Open } from "./Row.ts"
import { columnsOf, isColumnSchema } from "./standard.ts"

/** Sets of columns of which a row must have one; made by `oneOf`. */
export interface OneOf<Sets extends ReadonlyArray<DeclaredColumns>> {
  readonly "~oneOf": Sets
}

/**
 * Says that a step reads one of several sets of columns.
 *
 * @example
 *   const inputs = oneOf({ instruction: Schema.String }, { conversation: Schema.Array(Schema.Unknown) })
 */
export const oneOf = <const Sets extends ReadonlyArray<DeclaredColumns>>(
  ...sets: Sets
): OneOf<Sets> => ({
  "~oneOf": sets
})

/** A record of columns that may be joined by others, known only at run time; made by `open`. */
export interface OpenColumns<Known extends DeclaredColumns> {
  readonly "~known": Known
}

/**
 * Says that a source has these columns and perhaps more: steps after it may read any column, and
 * are checked when the run starts.
 *
 * @example
 *   const outputs = open({ id: Schema.Number })
 */
export const open = <const Known extends DeclaredColumns = {}>(
  known?: Known
): OpenColumns<Known> => ({
  "~known": known ?? ({} as Known)
})

export type Inputs = DeclaredColumns | OneOf<ReadonlyArray<DeclaredColumns>>
export type Outputs = DeclaredColumns | OpenColumns<DeclaredColumns>

/** The row type that a step with these inputs reads. */
export type InputRow<In extends Inputs> =
  In extends OneOf<infer Sets>
    ? RowOfEach<Sets[number]>
    : In extends DeclaredColumns
      ? RowOf<In>
      : never
type RowOfEach<C extends DeclaredColumns> = C extends DeclaredColumns ? RowOf<C> : never

/** The row type that a source with these outputs gives. */
export type OutputRow<Out extends Outputs> =
  Out extends OpenColumns<infer Known>
    ? RowOf<Known> & Open
    : Out extends DeclaredColumns
      ? RowOf<Out>
      : never

const isOneOf = (inputs: Inputs): inputs is OneOf<ReadonlyArray<DeclaredColumns>> =>
  Array.isArray((inputs as { readonly "~oneOf"?: unknown })["~oneOf"])
const isOpen = (outputs: Outputs): outputs is OpenColumns<DeclaredColumns> =>
  "~known" in outputs && !isColumnSchema(outputs["~known"])

/** What a step reads, of the columns that it declares. */
export const readsOf = (
  inputs: Inputs
): { readonly reads: Columns; readonly oneOf: ReadonlyArray<Columns> } =>
  isOneOf(inputs)
    ? { reads: {}, oneOf: inputs["~oneOf"].map(columnsOf) }
    : { reads: columnsOf(inputs), oneOf: [] }

/** Names of all columns that may be read. */
export const columnsRead = (inputs: Inputs): ReadonlyArray<string> =>
  (isOneOf(inputs) ? inputs["~oneOf"] : [inputs]).flatMap((columns) => Object.keys(columns))

/** What a source gives, of the columns that it declares. */
export const outputsOf = (
  outputs: Outputs
): { readonly columns: Columns; readonly open: boolean } =>
  isOpen(outputs)
    ? { columns: columnsOf(outputs["~known"]), open: true }
    : { columns: columnsOf(outputs), open: false }
