/** FormatTextGenerationDPO: rows for preference tuning from rated answers to instructions. */
import * as Schema from "effect/Schema"
import { defineStep } from "../../step/defineStep.ts"
import { textOf } from "../values/texts.ts"
import { PreferenceColumns, PromptColumns, RatedColumns } from "./columns.ts"
import { answeredWith, promptColumns, question } from "./messages.ts"
import { preferenceColumns } from "./preference.ts"

/**
 * Makes rows for preference tuning of instructions with rated answers: the best against the worst.
 *
 * Answers without a rating are passed over. Of several that are equal, the first counts.
 *
 * @example
 *   const format = FormatTextGenerationDPO({ name: "format" })
 *
 * @reads instruction string
 * @reads generations list of strings or nulls
 * @reads ratings list of numbers or nulls, one for each of them
 * @reads generation_models list of strings, optional — who wrote each of them
 * @reads system_prompt string or null, optional — an empty one counts as none
 * @adds prompt string — the instruction
 * @adds prompt_id string — its SHA-256, in hexadecimal digits
 * @adds chosen list of `{ role, content }`
 * @adds chosen_rating number
 * @adds chosen_model string, optional — where `generation_models` is there
 * @adds rejected list of `{ role, content }`
 * @adds rejected_rating number
 * @adds rejected_model string, optional — where `generation_models` is there
 * @fails RowFailed when no answer has a rating, or all have the same
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/formattextgenerationdpo/
 */
export const FormatTextGenerationDPO = defineStep({
  type: "FormatTextGenerationDPO",
  about:
    "Makes rows for preference tuning of instructions with rated answers: the best against the worst.",
  reads: {
    instruction: Schema.String,
    ...RatedColumns,
    system_prompt: Schema.optionalKey(Schema.NullOr(Schema.String))
  },
  adds: { ...PromptColumns, ...PreferenceColumns },
  options: {},
  defaults: {},
  python: {},
  version: "1",
  process: (rows) =>
    rows.map((row) => {
      const instruction = textOf(row.instruction, "instruction")
      const asked = question(instruction, row.system_prompt)
      return {
        ...row,
        ...promptColumns(instruction),
        ...preferenceColumns(row, (text) => answeredWith(asked, text))
      }
    })
})
