/**
 * Parts of pipelines: functions from a flow to a flow that read some columns and let the others
 * pass.
 */
import type { DeclaredColumns, RowOf } from "../columns/Columns.ts"
import type { ColumnOf } from "../columns/Row.ts"
import type { Flow, GraphOf, LastOf, NamesIn, RowOfFlow } from "./Flow.ts"
import type { AnyFlow } from "./FlowNode.ts"
import type * as says from "./sentences.ts"
import type { Says } from "./sentences.ts"
import type { Clash, Missing } from "./Wire.ts"

/**
 * The columns that a part does not know. A step that keeps only some columns drops this one too:
 * that tells whether the columns of the flow pass.
 */
interface Others {
  readonly "~others"?: never
}

/** The rows after a part: its columns, and those of the flow that passed. */
type Passed<Have, Need, Out> = "~others" extends keyof Out
  ? { readonly [C in keyof Out as C extends "~others" ? never : C]: Out[C] } & {
      readonly [C in keyof Have as C extends keyof Need | keyof Out ? never : C]: Have[C]
    }
  : Out

/** The sentence that says why a flow does not fit a part; nothing where it does. */
type FitsPart<Have, Need> = [Have] extends [Need]
  ? unknown
  : NoInfer<
      [Missing<Need, Have>] extends [never]
        ? {
            readonly [C in Clash<Need, Have> as Says<typeof says.partWrongType<C>>]: {
              readonly wants: Need[C & keyof Need]
              readonly gets: Have[C & keyof Have]
            }
          }
        : {
            readonly [C in Missing<Need, Have> as Says<typeof says.partMissingColumn<C>>]: {
              readonly choose: ColumnOf<Have>
            }
          }
    >

/**
 * Makes a part of a pipeline that can be put into several: a function of a flow that has at least
 * the given columns. Its other columns pass, as far as the steps of the part let them.
 *
 * Steps have the same names wherever the part stands; for a part that stands twice in one pipeline
 * write a function of a name that returns the part.
 *
 * @example
 *   const clean = part({ text: Schema.String }, (rows) =>
 *   rows
 *   .to(FilterRows({ name: "long", inputs: { text: Schema.String }, where: (row) => row.text.length > 3 }))
 *   .to(MapRows({ name: "counted", inputs: { text: Schema.String }, outputs: { chars: Schema.Number }, map: (row) => ({ chars: row.text.length }) }))
 *   )
 *   const pipeline = Pipeline("p", {}, clean(from(LoadDataFromDicts({ name: "load", data: [{ id: 1, text: "Lima" }] }))))
 */
export const part =
  <const In extends DeclaredColumns, Out extends AnyFlow>(
    _inputs: In,
    build: (rows: Flow<RowOf<In> & Others, string, never, never>) => Out
  ) =>
  <F extends AnyFlow>(
    flow: F & FitsPart<RowOfFlow<F>, RowOf<In>>
  ): Flow<
    Passed<RowOfFlow<F>, RowOf<In>, RowOfFlow<Out>>,
    LastOf<Out>,
    GraphOf<F> | GraphOf<Out>,
    NamesIn<F> | NamesIn<Out>
  > =>
    // What the part knows of the flow is true of it; what comes out is the same graph, typed for this flow.
    build(flow as never) as never
