/** FormatChatGenerationDPO: rows for preference tuning from rated answers to conversations. */
import { Messages } from "../../columns/chats.ts"
import { defineStep } from "../../step/defineStep.ts"
import { PreferenceColumns, PromptColumns, RatedColumns } from "./columns.ts"
import { answeredWith, firstOfUser, promptColumns } from "./messages.ts"
import { preferenceColumns } from "./preference.ts"

/**
 * Makes rows for preference tuning of conversations with rated answers: the best against the worst.
 *
 * Answers without a rating are passed over. Of several that are equal, the first counts.
 *
 * @example
 *   const format = FormatChatGenerationDPO({ name: "format" })
 *
 * @reads messages list of `{ role, content }`
 * @reads generations list of strings or nulls
 * @reads ratings list of numbers or nulls, one for each of them
 * @reads generation_models list of strings, optional — who wrote each of them
 * @adds prompt string — what the user said first
 * @adds prompt_id string — its SHA-256, in hexadecimal digits
 * @adds chosen list of `{ role, content }`
 * @adds chosen_rating number
 * @adds chosen_model string, optional — where `generation_models` is there
 * @adds rejected list of `{ role, content }`
 * @adds rejected_rating number
 * @adds rejected_model string, optional — where `generation_models` is there
 * @fails RowFailed when the user said nothing, no answer has a rating, or all have the same
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/formatchatgenerationdpo/
 */
export const FormatChatGenerationDPO = defineStep({
  type: "FormatChatGenerationDPO",
  about:
    "Makes rows for preference tuning of conversations with rated answers: the best against the worst.",
  reads: { messages: Messages, ...RatedColumns },
  adds: { ...PromptColumns, ...PreferenceColumns },
  options: {},
  defaults: {},
  python: {},
  version: "1",
  process: (rows) =>
    rows.map((row) => ({
      ...row,
      ...promptColumns(firstOfUser(row.messages)),
      ...preferenceColumns(row, (text) => answeredWith(row.messages, text))
    }))
})
