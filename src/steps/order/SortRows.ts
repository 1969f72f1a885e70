/** SortRows: rows by the values of columns. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../../columns/mapping.ts"
import type { ColumnsNamed, Passes, Row } from "../../columns/Row.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { define, defined } from "../../step/Definition.ts"
import type { RowStream } from "../../step/OwnStepOptions.ts"
import type { Step } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"
import { compared, inOrder, isMissing } from "./sorting.ts"

export interface SortRowsOptions<Name extends string, By extends string, InputMap = {}> {
  readonly name: Name
  /** The columns to sort by: the first decides, the next among equals. */
  readonly by: ReadonlyArray<By>
  /** Whether the greatest come first. Default false. */
  readonly descending?: boolean
  /** The flow's columns under the step's own names: `{ rating: "score" }`. */
  readonly inputMappings?: InputMap
}

export const definition = define({
  type: "SortRows",
  about: "Sorts all rows by the values of columns.",
  options: {
    by: Schema.Array(Schema.String).check(Schema.isMinLength(1)),
    descending: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { descending: false }
})

/**
 * Sorts all rows by the values of columns. Rows of equal values stay in their order; nulls come
 * last either way. Texts are compared by their characters' codes, so that the order is the same on
 * every machine. Rows wait on disk where they are many; memory holds the values to sort by.
 *
 * @example
 *   const best = SortRows({ name: "best", by: ["rating", "length"], descending: true })
 *
 * @reads the columns to sort by
 */
export const SortRows = defined(
  definition,
  <
    const Name extends string,
    const By extends string,
    const InputMap extends Names<ColumnsNamed<By>> = {}
  >(
    options: SortRowsOptions<Name, By, Mapped<InputMap, ColumnsNamed<By>>>
  ): Step<Name, Renamed<ColumnsNamed<By>, InputMap>, MappedRows<Passes, InputMap, {}>, {}> => {
    checkedOptions(definition.type, definition.options, {}, options)
    const { by, descending } = { ...definition.defaults, ...options }
    return stepOf(definition, options, {
      kind: "global",
      rowCount: "one-to-many",
      reads: Object.fromEntries(by.map((column) => [column, Schema.Unknown])),
      gives: (have) => have,
      open: () =>
        Effect.succeed({
          kind: "batch",
          streams: true,
          // One cast: a step that streams gets its rows so.
          process: (rows) =>
            sorted(rows as unknown as RowStream<Row>, by, descending === true ? -1 : 1)
        })
    })
  }
)

const sorted = (rows: RowStream<Row>, by: ReadonlyArray<string>, sign: 1 | -1): Generator<Row> => {
  const keys: Array<ReadonlyArray<unknown>> = []
  for (const row of rows) keys.push(by.map((column) => row[column]))
  const order = Uint32Array.from(keys.keys()).sort((a, b) => {
    for (let i = 0; i < by.length; i++) {
      const [one, other] = [keys[a]![i], keys[b]![i]]
      const missing = Number(isMissing(one)) - Number(isMissing(other))
      if (missing !== 0) return missing
      const between = isMissing(one) ? 0 : sign * compared(one, other)
      if (between !== 0) return between
    }
    return a - b
  })
  return inOrder(rows, order)
}
