/** Hash: a fingerprint of what columns hold. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../columns/mapping.ts"
import type { Adds, ColumnsNamed } from "../columns/Row.ts"
import { withColumns } from "../columns/Shape.ts"
import { checkedOptions } from "../step/checkedOptions.ts"
import { define, defined } from "../step/Definition.ts"
import type { StepParameters } from "../step/makeStep.ts"
import type { Step } from "../step/Step.ts"
import { stepOf } from "../step/stepOf.ts"
import { contentHash, type HashAlgorithm } from "./values/contentHash.ts"

export interface HashOptions<
  Name extends string,
  Hashed extends string,
  Output extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** The columns. Default `["text"]`. */
  readonly columns?: ReadonlyArray<Hashed>
  /** Where the hash goes. Default `hash`. */
  readonly outputColumn?: Output
  /** The hash function. Default `sha256`. */
  readonly algorithm?: HashAlgorithm
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
  /** Rows in one call. Default 50. */
  readonly inputBatchSize?: number
}

export const definition = define({
  type: "Hash",
  about: "Adds a hash of what the named columns hold.",
  options: {
    columns: Schema.optionalKey(Schema.Array(Schema.String).check(Schema.isMinLength(1))),
    outputColumn: Schema.optionalKey(Schema.String),
    algorithm: Schema.optionalKey(Schema.Literals(["sha256", "sha1", "md5"]))
  },
  defaults: { columns: ["text"], outputColumn: "hash", algorithm: "sha256" }
})

/**
 * Adds a hash of what the named columns hold. It is an id that stays the same from run to run, and
 * by which equal rows are found.
 *
 * The hash of one column of texts is that of the text in UTF-8, as other programs work it out; of
 * several columns, or of other values, it is that of their values as JSON with sorted keys.
 *
 * @example
 *   const id = Hash({ name: "id", columns: ["instruction", "response"], outputColumn: "id" })
 *
 * @reads the columns, of any type
 * @adds the output column: hexadecimal digits, 64 of `sha256`, 40 of `sha1`, 32 of `md5`
 */
export const Hash = defined(
  definition,
  <
    const Name extends string,
    const Hashed extends string = "text",
    const Output extends string = typeof definition.defaults.outputColumn,
    const InputMap extends Names<ColumnsNamed<Hashed>> = {},
    const OutputMap extends Names<ColumnsNamed<Output>> = {}
  >(
    options: HashOptions<
      Name,
      Hashed,
      Output,
      Mapped<InputMap, ColumnsNamed<Hashed>>,
      Mapped<OutputMap, ColumnsNamed<Output>>
    >
  ): Step<
    Name,
    Renamed<ColumnsNamed<Hashed>, InputMap>,
    MappedRows<Adds<{ readonly [C in Output]: string }>, InputMap, OutputMap>,
    StepParameters
  > => {
    checkedOptions(definition.type, definition.options, {}, options)
    const { algorithm, columns, outputColumn } = { ...definition.defaults, ...options }
    const added = { [outputColumn]: Schema.String }
    return stepOf(definition, options, {
      kind: "step",
      reads: Object.fromEntries(columns.map((column) => [column, Schema.Unknown])),
      gives: (have) => withColumns(have, added),
      open: () =>
        Effect.succeed({
          kind: "batch",
          process: (rows) =>
            rows.map((row) => ({
              ...row,
              [outputColumn]: contentHash(row, columns, algorithm).toString("hex")
            }))
        })
    })
  }
)
