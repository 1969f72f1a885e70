/** ExactDedup: which rows equal one before them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Mapped, MappedRows, Names, Renamed } from "../../columns/mapping.ts"
import type { Adds, ColumnsNamed, Row } from "../../columns/Row.ts"
import { withColumns } from "../../columns/Shape.ts"
import { checkedOptions } from "../../step/checkedOptions.ts"
import { define, defined } from "../../step/Definition.ts"
import type { Step } from "../../step/Step.ts"
import { stepOf } from "../../step/stepOf.ts"
import { contentHash } from "../values/contentHash.ts"
import { KeySet } from "./KeySet.ts"

/** What a comparison of texts may pass over. */
export type Ignored = "case" | "space" | "punctuation"

export interface ExactDedupOptions<
  Name extends string,
  Compared extends string,
  InputMap = {},
  OutputMap = {}
> {
  readonly name: Name
  /** Columns that must all be equal. Default `["text"]`. */
  readonly columns?: ReadonlyArray<Compared>
  /**
   * What of texts does not count: capital letters, how much space there is, punctuation. Default
   * nothing.
   */
  readonly ignore?: ReadonlyArray<Ignored>
  /** The flow's columns under the step's own names: `{ text: "document" }`. */
  readonly inputMappings?: InputMap
  /** New names for the columns that the step adds. */
  readonly outputMappings?: OutputMap
}

/** The column that it adds. */
export interface Marked {
  readonly keep_row_after_exact_filtering: boolean
}

const kept = { keep_row_after_exact_filtering: Schema.Boolean }

export const definition = define({
  type: "ExactDedup",
  about: "Marks rows whose columns equal those of a row before them.",
  options: {
    columns: Schema.optionalKey(Schema.Array(Schema.String).check(Schema.isMinLength(1))),
    ignore: Schema.optionalKey(Schema.Array(Schema.Literals(["case", "space", "punctuation"])))
  },
  defaults: { columns: ["text"], ignore: [] }
})

/**
 * Marks rows whose columns equal those of a row before them. The first of equal rows stays.
 *
 * Rows wait on disk where they are many; memory holds 16 bytes for each different row.
 * `FilterRows` then drops the copies.
 *
 * @example
 *   const unique = ExactDedup({ name: "unique", columns: ["instruction"], ignore: ["case", "space"] })
 *
 * @reads the columns, of any type
 * @adds keep_row_after_exact_filtering boolean
 */
export const ExactDedup = defined(
  definition,
  <
    const Name extends string,
    const Compared extends string = "text",
    const InputMap extends Names<ColumnsNamed<Compared>> = {},
    const OutputMap extends Names<Marked> = {}
  >(
    options: ExactDedupOptions<
      Name,
      Compared,
      Mapped<InputMap, ColumnsNamed<Compared>>,
      Mapped<OutputMap, Marked>
    >
  ): Step<
    Name,
    Renamed<ColumnsNamed<Compared>, InputMap>,
    MappedRows<Adds<Marked>, InputMap, OutputMap>,
    {}
  > => {
    checkedOptions(definition.type, definition.options, {}, options)
    const { columns, ignore } = { ...definition.defaults, ...options }
    return stepOf(definition, options, {
      kind: "global",
      rowCount: "one-to-many",
      reads: Object.fromEntries(columns.map((column) => [column, Schema.Unknown])),
      gives: (have) => withColumns(have, kept),
      open: () =>
        Effect.succeed({
          kind: "batch",
          streams: true,
          process: (rows) => marked(rows, columns, ignore)
        })
    })
  }
)

/** 32-bit words of a hash that are kept: two different rows share them once in 10^38. */
const words = 4

function* marked(
  rows: Iterable<Row>,
  columns: ReadonlyArray<string>,
  ignore: ReadonlyArray<Ignored>
): Generator<Row> {
  const seen = new KeySet(words)
  const key = new Uint32Array(words)
  for (const row of rows) {
    const compared =
      ignore.length === 0
        ? row
        : Object.fromEntries(columns.map((column) => [column, folded(row[column], ignore)]))
    const hash = contentHash(compared, columns)
    for (let i = 0; i < words; i++) key[i] = hash.readUInt32LE(i * 4)
    yield { ...row, keep_row_after_exact_filtering: seen.add(key) }
  }
}

/** A text without what does not count; other values as they are. */
const folded = (value: unknown, ignore: ReadonlyArray<Ignored>): unknown => {
  if (typeof value !== "string") return value
  let text = value.normalize("NFC")
  if (ignore.includes("case")) text = text.toLowerCase()
  if (ignore.includes("punctuation")) text = text.replaceAll(/\p{P}+/gu, "")
  return ignore.includes("space") ? text.trim().replaceAll(/\s+/gu, " ") : text
}
