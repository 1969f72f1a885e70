/** Text options: how the text of JSON, CSV and plain text files is to be read. */
import * as Schema from "effect/Schema"

export interface TextOptions {
  /**
   * The text encoding, by its name in Python or on the web: `latin-1`, `cp1252`, `utf-16`,
   * `shift_jis` … Default UTF-8.
   */
  readonly encoding?: string | undefined
  /** The character between the values of a CSV line. Default a comma, in TSV a tab. */
  readonly delimiter?: string | undefined
  /** The character around CSV values. Default `"`; an empty text means that quotes have no meaning. */
  readonly quote?: string | undefined
  /**
   * The character that makes the next one plain text in CSV. Default none: a quote inside of quotes
   * is doubled.
   */
  readonly escape?: string | undefined
  /**
   * Whether the first line of CSV names the columns, or the names where the file has none. Default
   * true; false names them `0`, `1`, …
   */
  readonly header?: boolean | ReadonlyArray<string> | undefined
  /** Lines to skip at the beginning of CSV. Default 0. */
  readonly skipRows?: number | undefined
  /** CSV values outside of quotes that mean null: `["", "NA"]`. Default none. */
  readonly nulls?: ReadonlyArray<string> | undefined
  /** The key under which a JSON document has its list of rows. Default: the document is the list. */
  readonly field?: string | undefined
}

/** One ASCII character that is not a line end. */
const Mark = Schema.String.check(
  Schema.isPattern(/^[\t\x20-\x7e]$/, { message: "must be one ASCII character" })
)

/** The options as parameters of a step. */
export const textParameters = {
  encoding: Schema.optionalKey(Schema.String),
  delimiter: Schema.optionalKey(Mark),
  quote: Schema.optionalKey(Schema.Union([Schema.Literal(""), Mark])),
  escape: Schema.optionalKey(Mark),
  header: Schema.optionalKey(Schema.Union([Schema.Boolean, Schema.Array(Schema.String)])),
  skipRows: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  nulls: Schema.optionalKey(Schema.Array(Schema.String)),
  field: Schema.optionalKey(Schema.String)
}

/** The text options among the values of parameters. */
export const textOptionsIn = ({
  delimiter,
  encoding,
  escape,
  field,
  header,
  nulls,
  quote,
  skipRows
}: TextOptions): TextOptions => ({
  encoding,
  delimiter,
  quote,
  escape,
  header,
  skipRows,
  nulls,
  field
})
