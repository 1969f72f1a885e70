/** URIAL: answers of a model that was never tuned to follow instructions. */
import * as Schema from "effect/Schema"
import { Messages } from "../../columns/chats.ts"
import { oneOf } from "../../columns/inputs.ts"
import { defineTask } from "../../tasks/defineTask.ts"
import { given } from "../../tasks/given.ts"
import { checkedChat } from "./chats.ts"

const preamble = `Below is a dialogue between a person and an assistant. The assistant knows a lot, answers in full and in good order, tells what it is unsure of, is polite, and declines with a reason what could hurt somebody.

# User:

What helps against hiccups?

# Assistant:

Most hiccups stop by themselves within minutes. These may help:

1. Hold your breath for ten seconds, a few times.
2. Sip cold water without a break.
3. Breathe slowly into a paper bag, no longer than a minute.

If they last for more than two days, see a doctor.`

const heading = { user: "# User:", assistant: "# Assistant:", system: "# Assistant:" } as const

/**
 * Answers an instruction or a conversation with a base model, shown a dialogue to continue.
 *
 * @example
 *   const answer = URIAL({
 *     name: "answer",
 *     llm: OpenAILLM({ model: "meta-llama/Llama-3.1-8B", baseUrl: "http://localhost:8000/v1" })
 *   })
 *
 * @reads instruction string — or `conversation`
 * @reads conversation list of `{ role, content }`, the last one from the user
 * @adds generation string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the row has neither column, or the model does not answer
 * @source https://arxiv.org/abs/2312.01552
 */
export const URIAL = defineTask({
  "~ready": true,
  type: "URIAL",
  about:
    "Answers an instruction or a conversation with a base model, shown a dialogue to continue.",
  cites: `@misc{lin2023urial,
  title = {The Unlocking Spell on Base LLMs: Rethinking Alignment via In-Context Learning},
  author = {Bill Yuchen Lin and Abhilasha Ravichander and Ximing Lu and Nouha Dziri and Melanie Sclar and Khyathi Chandu and Chandra Bhagavatula and Yejin Choi},
  year = {2023},
  eprint = {2312.01552},
  archivePrefix = {arXiv}
}`,
  reads: oneOf({ instruction: Schema.String }, { conversation: Messages }),
  adds: { generation: Schema.String },
  options: {},
  defaults: {},
  python: {},
  prompt: (row: { readonly instruction?: unknown; readonly conversation?: unknown }) => {
    const { conversation, instruction } = row
    if (conversation === undefined && typeof instruction !== "string")
      throw new Error("the row has neither a text 'instruction' nor a 'conversation'")
    const messages =
      conversation === undefined
        ? [{ role: "user" as const, content: String(instruction) }]
        : checkedChat(conversation, "conversation")
    return [
      preamble,
      ...messages.map(({ content, role }) => `${heading[role]}\n\n${textOf(content)}`),
      heading.assistant
    ].join("\n\n")
  },
  // Base models go on with the dialogue.
  parse: (answer) => ({ generation: given(answer).split("\n\n# User")[0]!.trim() })
})

const textOf = (content: ReturnType<typeof checkedChat>[number]["content"]): string =>
  typeof content === "string"
    ? content
    : content.map((part) => (part.type === "text" ? part.text : "")).join("\n")
