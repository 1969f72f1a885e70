/** GenerateLongTextMatchingData: a long text and one that belongs to it. */
import { matching } from "./matching.ts"

/**
 * Writes a long text and one that belongs to it, for a task that matches long texts.
 *
 * @example
 *   const matching = GenerateLongTextMatchingData({
 *     name: "matching",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     language: "French"
 *   })
 *
 * @reads task string — a matching task, such as "Match reviews with the articles that they are about."
 * @adds input string
 * @adds positive_document string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a text is missing in its answer
 * @source https://arxiv.org/abs/2401.00368
 */
export const GenerateLongTextMatchingData = matching({
  type: "GenerateLongTextMatchingData",
  about: "Writes a long text and one that belongs to it, for a task that matches long texts.",
  texts: {
    input: "a long text",
    positive_document: "a long text that matches it"
  },
  style:
    "Both texts have at least 300 words, and differ in how they say things. Give them a topic that one would not think of first."
})
