/** Genstruct: a question and its answer from a document. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"
import { given } from "../../tasks/given.ts"

const exchange = /^(.+?)\[\[\[Assistant\]\]\](.+)$/s

/**
 * Writes a question that needs a document, and its answer, with a model trained for it.
 *
 * The prompt is in the form of the model Genstruct-7B, which ends with the label of the user.
 *
 * @example
 *   const ask = Genstruct({
 *     name: "ask",
 *     llm: OpenAILLM({ model: "NousResearch/Genstruct-7B", baseUrl: "http://localhost:8000/v1" })
 *   })
 *
 * @reads title string
 * @reads content string
 * @adds user string
 * @adds assistant string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or its answer has no two parts
 * @source https://huggingface.co/NousResearch/Genstruct-7B
 */
export const Genstruct = defineTask({
  "~ready": true,
  type: "Genstruct",
  about: "Writes a question that needs a document, and its answer, with a model trained for it.",
  cites: `@misc{cui2023adainstruct,
  title = {Ada-Instruct: Adapting Instruction Generators for Complex Reasoning},
  author = {Wanyun Cui and Qianle Wang},
  year = {2023},
  eprint = {2310.04484},
  archivePrefix = {arXiv}
}`,
  reads: { title: Schema.String, content: Schema.String },
  adds: { user: Schema.String, assistant: Schema.String },
  options: {},
  defaults: {},
  python: {},
  prompt: ({ content, title }) =>
    `[[[Title]]] ${title}\n[[[Content]]] ${content}\n\nThe following is a conversation between a user and an AI assistant that draws on the text above.\n\n[[[User]]]`,
  parse: (answer) => {
    const [, user, assistant] = exchange.exec(given(answer)) ?? []
    if (user === undefined || assistant === undefined)
      throw new Error("the answer has no question and answer with '[[[Assistant]]]' between them")
    return { user: user.trim(), assistant: assistant.trim() }
  }
})
