/** GenerateShortTextMatchingData: a short text and one that belongs to it. */
import { matching } from "./matching.ts"

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
export const GenerateShortTextMatchingData = matching({
  type: "GenerateShortTextMatchingData",
  about: "Writes a short text and one that belongs to it, for a task that matches short texts.",
  texts: {
    input: "a short text",
    positive_document: "a short text that matches it"
  },
  style:
    "Both texts are a few words long at most, and differ in their words. Give them a topic that one would not think of first."
})
