/** SplitSentences: a text as a list of its sentences. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"

/**
 * Splits a text into its sentences, by the rules of Unicode for its language. An abbreviation with
 * a full stop may end one. `ExpandColumns` then makes a row of each.
 *
 * @example
 *   const sentences = SplitSentences({ name: "sentences", locale: "de" })
 *
 * @reads text string
 * @adds sentences list of strings — without the space around them
 * @source https://unicode.org/reports/tr29/
 */
export const SplitSentences = defineStep({
  type: "SplitSentences",
  about: "Splits a text into its sentences, by the rules of Unicode for its language.",
  reads: { text: Schema.String },
  adds: { sentences: Schema.Array(Schema.String) },
  options: {
    /** The language, as a tag such as `en` or `pt-BR`. Default `en`. */
    locale: Schema.optionalKey(Schema.String)
  },
  defaults: { locale: "en" },
  version: "1",
  process: (rows, { locale }) => {
    const segmenter = new Intl.Segmenter(locale, { granularity: "sentence" })
    return rows.map((row) => ({
      ...row,
      sentences: Array.from(segmenter.segment(row.text), ({ segment }) => segment.trim()).filter(
        (sentence) => sentence !== ""
      )
    }))
  }
})
