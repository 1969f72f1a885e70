/** ConversationTemplate: an instruction and its response as a conversation. */
import * as Schema from "effect/Schema"
import { Messages } from "../../columns/chats.ts"
import { defineStep } from "../../step/defineStep.ts"
import { textOf } from "../values/texts.ts"
import { answeredWith, question } from "./messages.ts"

/**
 * Makes a conversation of an instruction and its response.
 *
 * @example
 *   const conversation = ConversationTemplate({
 *     name: "conversation",
 *     inputMappings: { response: "generation" }
 *   })
 *
 * @reads instruction string
 * @reads response string
 * @adds conversation list of `{ role, content }`
 * @fails RowFailed when one of them is no text
 * @source https://distilabel.argilla.io/latest/components-gallery/steps/conversationtemplate/
 */
export const ConversationTemplate = defineStep({
  type: "ConversationTemplate",
  about: "Makes a conversation of an instruction and its response.",
  reads: { instruction: Schema.String, response: Schema.String },
  adds: { conversation: Messages },
  options: {},
  defaults: {},
  python: {},
  version: "1",
  process: (rows) =>
    rows.map((row) => ({
      ...row,
      conversation: answeredWith(
        question(textOf(row.instruction, "instruction"), undefined),
        textOf(row.response, "response")
      )
    }))
})
