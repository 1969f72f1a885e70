/** DetectLanguage: the language that a text is in. */
import * as Schema from "effect/Schema"
import { optionalPackage } from "../../runtime/PackageMissing.ts"
import { defineStep } from "../../step/defineStep.ts"

const tinyldPackage = () => import("tinyld").catch(optionalPackage("tinyld", "Detecting languages"))

/** Texts beyond are judged by their beginning. */
const mostCharacters = 2000

/**
 * Detects the language that a text is in.
 *
 * Needs the package `tinyld`. Short texts, and texts in several languages, are uncertain: the score
 * says how much.
 *
 * @example
 *   const language = DetectLanguage({ name: "language", only: ["en", "de", "fr"] })
 *
 * @reads text string
 * @adds language string or null — its code in ISO 639-1, such as `en`; null where nothing can be said
 * @adds language_score number — how certain that is, 0 to 1
 * @fails StepFailed if `tinyld` is not installed
 */
export const DetectLanguage = defineStep({
  type: "DetectLanguage",
  about: "Detects the language that a text is in.",
  reads: { text: Schema.String },
  adds: { language: Schema.NullOr(Schema.String), language_score: Schema.Number },
  options: {
    /** The languages that texts can be in, as codes in ISO 639-1. Default: any. */
    only: Schema.optionalKey(Schema.Array(Schema.String))
  },
  defaults: { only: [] },
  check: tinyldPackage,
  version: "1",
  process: async (rows, { only }) => {
    const { detectAll } = await tinyldPackage()
    return rows.map((row) => {
      const [found] = detectAll(row.text.slice(0, mostCharacters), { only: [...only] })
      return { ...row, language: found?.lang ?? null, language_score: found?.accuracy ?? 0 }
    })
  }
})
