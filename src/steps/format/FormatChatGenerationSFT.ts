/** FormatChatGenerationSFT: rows for supervised fine-tuning from conversations and answers. */
import * as Schema from "effect/Schema"
import { Messages } from "../../columns/chats.ts"
import { defineStep } from "../../step/defineStep.ts"
import { textOf } from "../values/texts.ts"
import { PromptColumns } from "./columns.ts"
import { answeredWith, firstOfUser, promptColumns } from "./messages.ts"

/** The conversation with the answer at its end. */
const Answered = Messages.annotate({ title: "answered" })

/**
 * Makes rows for supervised fine-tuning of conversations and their answers.
 *
 * @example
 *   const format = FormatChatGenerationSFT({ name: "format" })
 *
 * @reads messages list of `{ role, content }`
 * @reads generation string
 * @adds prompt string — what the user said first
 * @adds prompt_id string — its SHA-256, in hexadecimal digits
 * @adds messages list of `{ role, content }` — with the answer at the end
 * @fails RowFailed when the user said nothing, or the answer is no text
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/formatchatgenerationsft/
 */
export const FormatChatGenerationSFT = defineStep({
  type: "FormatChatGenerationSFT",
  about: "Makes rows for supervised fine-tuning of conversations and their answers.",
  reads: { messages: Messages, generation: Schema.String },
  adds: { ...PromptColumns, messages: Answered },
  options: {},
  defaults: {},
  python: {},
  version: "1",
  process: (rows) =>
    rows.map((row) => ({
      ...row,
      ...promptColumns(firstOfUser(row.messages)),
      messages: answeredWith(row.messages, textOf(row.generation, "generation"))
    }))
})
