/** What a step may declare as its inputs and outputs, beyond a plain record of columns. */
import type { Columns, RowOf } from "./Columns.ts"
import type { Open } from "./Row.ts"

/** Sets of columns of which a row must have one; made by `oneOf`. */
export interface OneOf<Sets extends ReadonlyArray<Columns>> {
  readonly "~oneOf": Sets
}

/**
 * Says that a step reads one of several sets of columns.
 *
 * @example
 *   const inputs = oneOf({ instruction: Schema.String }, { conversation: Schema.Array(Schema.Unknown) })
 */
export const oneOf = <const Sets extends ReadonlyArray<Columns>>(...sets: Sets): OneOf<Sets> => ({
  "~oneOf": sets
})

/** A record of columns that may be joined by others, known only at run time; made by `open`. */
export interface OpenColumns<Known extends Columns> {
  readonly "~known": Known
}

/**
 * Says that a source has these columns and perhaps more: steps after it may read any column, and
 * are checked when the run starts.
 *
 * @example
 *   const outputs = open({ id: Schema.Number })
 */
export const open = <const Known extends Columns = {}>(known?: Known): OpenColumns<Known> => ({
  "~known": known ?? ({} as Known)
})

export type Inputs = Columns | OneOf<ReadonlyArray<Columns>>
export type Outputs = Columns | OpenColumns<Columns>

/** The row type that a step with these inputs reads. */
export type InputRow<In extends Inputs> =
  In extends OneOf<infer Sets> ? RowOfEach<Sets[number]> : In extends Columns ? RowOf<In> : never
type RowOfEach<C extends Columns> = C extends Columns ? RowOf<C> : never

/** The row type that a source with these outputs gives. */
export type OutputRow<Out extends Outputs> =
  Out extends OpenColumns<infer Known>
    ? RowOf<Known> & Open
    : Out extends Columns
      ? RowOf<Out>
      : never

const isOneOf = (inputs: Inputs): inputs is OneOf<ReadonlyArray<Columns>> =>
  Array.isArray((inputs as { readonly "~oneOf"?: unknown })["~oneOf"])
const isOpen = (outputs: Outputs): outputs is OpenColumns<Columns> =>
  "~known" in outputs && !("ast" in (outputs["~known"] as object))

export const readsOf = (
  inputs: Inputs
): { readonly reads: Columns; readonly oneOf: ReadonlyArray<Columns> } =>
  isOneOf(inputs) ? { reads: {}, oneOf: inputs["~oneOf"] } : { reads: inputs, oneOf: [] }

export const outputsOf = (
  outputs: Outputs
): { readonly columns: Columns; readonly open: boolean } =>
  isOpen(outputs) ? { columns: outputs["~known"], open: true } : { columns: outputs, open: false }
