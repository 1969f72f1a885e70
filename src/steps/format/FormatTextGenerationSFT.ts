/** FormatTextGenerationSFT: rows for supervised fine-tuning from instructions and answers. */
import * as Schema from "effect/Schema"
import { Messages } from "../../columns/chats.ts"
import { defineStep } from "../../step/defineStep.ts"
import { textOf } from "../values/texts.ts"
import { PromptColumns } from "./columns.ts"
import { answeredWith, promptColumns, question } from "./messages.ts"

/**
 * Makes rows for supervised fine-tuning of instructions and their answers.
 *
 * @example
 *   const format = FormatTextGenerationSFT({ name: "format" })
 *
 * @reads instruction string
 * @reads generation string
 * @reads system_prompt string or null, optional — an empty one counts as none
 * @adds prompt string — the instruction
 * @adds prompt_id string — its SHA-256, in hexadecimal digits
 * @adds messages list of `{ role, content }`
 * @fails RowFailed when the instruction or the answer is no text
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/formattextgenerationsft/
 */
export const FormatTextGenerationSFT = defineStep({
  type: "FormatTextGenerationSFT",
  about: "Makes rows for supervised fine-tuning of instructions and their answers.",
  reads: {
    instruction: Schema.String,
    generation: Schema.String,
    system_prompt: Schema.optionalKey(Schema.NullOr(Schema.String))
  },
  adds: { ...PromptColumns, messages: Messages },
  options: {},
  defaults: {},
  python: {},
  version: "1",
  process: (rows) =>
    rows.map((row) => {
      const instruction = textOf(row.instruction, "instruction")
      return {
        ...row,
        ...promptColumns(instruction),
        messages: answeredWith(
          question(instruction, row.system_prompt),
          textOf(row.generation, "generation")
        )
      }
    })
})
