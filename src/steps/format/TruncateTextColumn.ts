/** TruncateTextColumn: texts that are not too long. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../../columns/mapping.ts"
import type { Adds } from "../../columns/Row.ts"
import { withColumns } from "../../columns/Shape.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { define, defined } from "../../step/Definition.ts"
import type { StepParameters } from "../../step/makeStep.ts"
import type { Step } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"
import { textOf } from "./messages.ts"

export interface TruncateTextColumnOptions<
  Name extends string,
  Column extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** The column. Default `text`. */
  readonly column?: Column
  /** How many characters are kept, as Unicode counts them. Default 8192. */
  readonly maxLength?: number
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: InputMap
  /** New names for the column: `{ text: "short_text" }`. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

type TextIn<Column extends string> = { readonly [C in Column]: string }

export const definition = define({
  type: "TruncateTextColumn",
  about: "Cuts the texts of a column to a number of characters.",
  options: {
    column: Schema.optionalKey(Schema.String),
    maxLength: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
  },
  defaults: { column: "text", maxLength: 8192 },
  python: { ignores: { tokenizer: [null] } }
})

/**
 * Cuts the texts of a column to a number of characters.
 *
 * @example
 *   const short = TruncateTextColumn({ name: "short", column: "document", maxLength: 2000 })
 *
 * @reads the column, a text
 * @fails RowFailed when the column holds no text
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/truncatetextcolumn/
 */
export const TruncateTextColumn = defined(
  definition,
  <
    const Name extends string,
    const Column extends string = typeof definition.defaults.column,
    const InputMap extends Names<TextIn<Column>> = {},
    const OutputMap extends Names<TextIn<Column>> = {}
  >(
    options: TruncateTextColumnOptions<
      Name,
      Column,
      Mapped<InputMap, TextIn<Column>>,
      Mapped<OutputMap, TextIn<Column>>
    >
  ): Step<
    Name,
    Renamed<TextIn<Column>, InputMap>,
    MappedRows<Adds<TextIn<Column>>, InputMap, OutputMap>,
    StepParameters
  > => {
    checkedOptions(definition.type, definition.options, {}, options)
    const { column, maxLength } = { ...definition.defaults, ...options }
    const columns = { [column]: Schema.String }
    return stepOf(definition, options, {
      kind: "step",
      reads: columns,
      gives: (have) => withColumns(have, columns),
      open: () =>
        Effect.succeed({
          kind: "batch",
          process: (rows) =>
            rows.map((row) => ({ ...row, [column]: cut(textOf(row[column], column), maxLength) }))
        })
    })
  }
)

/** The first characters; one that takes two units is one. */
const cut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : Array.from(text.slice(0, length * 2))
        .slice(0, length)
        .join("")
