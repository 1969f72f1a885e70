/** GenerateShortTextMatchingData: a short text and one that belongs to it. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"
import { jsonTexts } from "../../tasks/jsonObject.ts"
import {
  formatOf,
  improvingTextEmbeddings,
  styleDefaults,
  styleOptions,
  textsAsked
} from "./embeddingData.ts"

const texts = {
  input: "a short text",
  positive_document: "a short text that matches it"
}

/**
 * Writes a short text and one that belongs to it, for a task that matches short texts.
 *
 * @example
 *   const matching = GenerateShortTextMatchingData({
 *     name: "matching",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     language: "French"
 *   })
 *
 * @reads task string — a matching task, such as "Match a film's title with its theme."
 * @adds input string
 * @adds positive_document string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a text is missing in its answer
 * @source https://arxiv.org/abs/2401.00368
 */
export const GenerateShortTextMatchingData = defineTask({
  "~ready": true,
  type: "GenerateShortTextMatchingData",
  about: "Writes a short text and one that belongs to it, for a task that matches short texts.",
  cites: improvingTextEmbeddings,
  reads: { task: Schema.String },
  adds: { input: Schema.String, positive_document: Schema.String },
  options: styleOptions,
  defaults: styleDefaults,
  python: {},
  answerFormat: ({ useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput ? formatOf(texts, "GenerateShortTextMatchingData") : undefined,
  prompt: ({ task }, { language }) =>
    [
      `Write one example for this text matching task: ${task}`,
      "Both texts are a few words long at most, and differ in their words. Give them a topic that one would not think of first.",
      textsAsked(texts, language)
    ].join("\n\n"),
  parse: (answer) => jsonTexts(answer, ["input", "positive_document"])
})
