/** ExtractJson: the value that a text holds as JSON. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ColumnSchema, ValueOf } from "../../columns/Columns.ts"
import type { Mapped, MappedRows, Names, Renamed } from "../../columns/mapping.ts"
import type { Adds, ColumnsNamed } from "../../columns/Row.ts"
import { withColumns } from "../../columns/Shape.ts"
import { columnsOf } from "../../columns/standard.ts"
import { readStructured } from "../../models/chat/jsonSchema.ts"
import { define, defined } from "../../step/Definition.ts"
import type { StepParameters } from "../../step/makeStep.ts"
import { SchemaOption } from "../../step/options.ts"
import type { Step } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"
import { textOf } from "../values/texts.ts"

export interface ExtractJsonOptions<
  Name extends string,
  Value extends ColumnSchema,
  Column extends string,
  Output extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** What the JSON must be: an effect schema, or one of zod, valibot or arktype. */
  readonly schema: Value
  /** The column with the text. Default `generation`. */
  readonly column?: Column
  /** Where the value goes. Default `extracted`. */
  readonly outputColumn?: Output
  /** The flow's columns under the step's own names: `{ generation: "answer" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "ExtractJson",
  about: "Extracts the JSON value that a text holds, as a schema says it.",
  options: {
    schema: SchemaOption,
    column: Schema.optionalKey(Schema.String),
    outputColumn: Schema.optionalKey(Schema.String)
  },
  defaults: { column: "generation", outputColumn: "extracted" }
})

/**
 * Extracts the JSON value that a text holds, as a schema says it.
 *
 * Prose, thoughts and fences around it are passed over; quotation marks, commas and brackets that
 * are wrong are mended. A value that does not fit the schema, or that is cut, is an error of its
 * row, never a guess. To have the model asked again instead, use a task with `structuredOutput`.
 *
 * @example
 *   const parsed = ExtractJson({
 *     name: "parsed",
 *     schema: Schema.Struct({ title: Schema.String, year: Schema.Number }),
 *     outputColumn: "book"
 *   })
 *
 * @reads the column, a text
 * @adds the output column, of the schema's type
 * @fails RowFailed for a text without such a value
 */
export const ExtractJson = defined(
  definition,
  <
    const Name extends string,
    Value extends ColumnSchema,
    const Column extends string = typeof definition.defaults.column,
    const Output extends string = typeof definition.defaults.outputColumn,
    const InputMap extends Names<ColumnsNamed<Column>> = {},
    const OutputMap extends Names<ColumnsNamed<Output>> = {}
  >(
    options: ExtractJsonOptions<
      Name,
      Value,
      Column,
      Output,
      Mapped<InputMap, ColumnsNamed<Column>>,
      Mapped<OutputMap, ColumnsNamed<Output>>
    >
  ): Step<
    Name,
    Renamed<{ readonly [C in Column]: string }, InputMap>,
    MappedRows<Adds<{ readonly [C in Output]: ValueOf<Value> }>, InputMap, OutputMap>,
    StepParameters
  > => {
    const { column, outputColumn, schema } = { ...definition.defaults, ...options }
    const read = readStructured(schema, `'${options.name}'`)
    const added = columnsOf({ [outputColumn]: schema })
    return stepOf(definition, options, {
      kind: "step",
      reads: { [column]: Schema.String },
      gives: (have) => withColumns(have, added),
      open: () =>
        Effect.succeed({
          kind: "batch",
          process: (rows) =>
            rows.map((row) => ({ ...row, [outputColumn]: read(textOf(row[column], column)) }))
        })
    })
  }
)
