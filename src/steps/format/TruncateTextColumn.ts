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
import { textOf } from "../values/texts.ts"
import { cuttingTokens, type Encoding, encodings, isEncoding } from "./tokens.ts"

export interface TruncateTextColumnOptions<
  Name extends string,
  Column extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** The column. Default `text`. */
  readonly column?: Column
  /** How many characters, as Unicode counts them, or tokens are kept. Default 8192. */
  readonly maxLength?: number
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: InputMap
  /** New names for the column: `{ text: "short_text" }`. */
  readonly outputMappings?: OutputMap
  /** Counts tokens of this encoding rather than characters. Default: characters. */
  readonly tokenizer?: Encoding
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

type TextIn<Column extends string> = { readonly [C in Column]: string }

export const definition = define({
  type: "TruncateTextColumn",
  about: "Cuts the texts of a column to a number of characters or tokens.",
  options: {
    column: Schema.optionalKey(Schema.String),
    maxLength: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
    tokenizer: Schema.optionalKey(Schema.String)
  },
  defaults: { column: "text", maxLength: 8192 },
  python: {
    blanks: { tokenizer: [null] },
    read: ({ tokenizer, ...options }, _step, warn) => {
      const encoding = tokenizer === "gpt2" ? "r50k_base" : tokenizer
      if (encoding === undefined || isEncoding(encoding))
        return encoding === undefined ? options : { ...options, tokenizer: encoding }
      warn(
        "tokenizer",
        `there is no tokenizer '${String(tokenizer)}' here: characters are counted. Give one of ${encodings.join(", ")} to count tokens.`
      )
      return options
    }
  }
})

/**
 * Cuts the texts of a column to a number of characters or tokens.
 *
 * Tokens are those of OpenAI's encodings and need the package `gpt-tokenizer`: `o200k_base` is that
 * of GPT-4o and later models, `cl100k_base` that of GPT-4 and most embedding models, `r50k_base`
 * that of GPT-2. A character is never cut in two.
 *
 * @example
 *   const short = TruncateTextColumn({ name: "short", column: "document", maxLength: 512, tokenizer: "cl100k_base" })
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
    const { column, maxLength, tokenizer } = { ...definition.defaults, ...options }
    if (tokenizer !== undefined && !isEncoding(tokenizer))
      throw new RangeError(
        `TruncateTextColumn '${options.name}' has tokenizer '${String(tokenizer)}', which is none of: ${encodings.join(", ")}.`
      )
    const columns = { [column]: Schema.String }
    return stepOf(definition, options, {
      kind: "step",
      reads: columns,
      gives: (have) => withColumns(have, columns),
      open: () =>
        Effect.map(
          tokenizer === undefined ? Effect.succeed(cut) : cuttingTokens(options.name, tokenizer),
          (cutting) => ({
            kind: "batch",
            process: (rows) =>
              rows.map((row) => ({
                ...row,
                [column]: cutting(textOf(row[column], column), maxLength)
              }))
          })
        )
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
