/** ChatGeneration: the next message of a conversation. */
import * as Schema from "effect/Schema"
import { Messages } from "../../columns/chats.ts"
import { defineTask } from "../../tasks/defineTask.ts"
import { given } from "../../tasks/given.ts"
import { checkedChat } from "./chats.ts"

/**
 * Writes the next message of a conversation.
 *
 * @example
 *   const reply = ChatGeneration({ name: "reply", llm: OpenAILLM({ model: "gpt-4o-mini" }) })
 *
 * @reads messages list of `{ role, content }`, the last one from the user
 * @adds generation string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the conversation does not end with the user, or the model does not answer
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/chatgeneration/
 */
export const ChatGeneration = defineTask({
  "~ready": true,
  type: "ChatGeneration",
  about: "Writes the next message of a conversation.",
  reads: { messages: Messages },
  adds: { generation: Schema.String },
  options: {},
  defaults: {},
  python: {},
  prompt: ({ messages }) => checkedChat(messages, "messages"),
  parse: (answer) => ({ generation: given(answer) })
})
