/** GenerateTextClassificationData: a text, its label, and one that misleads. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"
import { jsonTexts } from "../../tasks/jsonObject.ts"
import { drawn } from "../draw/drawn.ts"
import {
  clarities,
  formatOf,
  improvingTextEmbeddings,
  schools,
  styleDefaults,
  styleOptions,
  textsAsked
} from "./embeddingData.ts"

const texts = {
  input_text: "a text to classify",
  label: "its label",
  misleading_label: "a label of the task that seems to fit, and does not"
}

/**
 * Writes a text for a classification task, its label, and a label that only seems to fit.
 *
 * Styles that are not given are drawn for each row, by the seed.
 *
 * @example
 *   const classified = GenerateTextClassificationData({
 *     name: "classified",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     clarity: "clear"
 *   })
 *
 * @reads task string — a classification task, such as "Say which mood a song's text has."
 * @adds input_text string
 * @adds label string
 * @adds misleading_label string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a text is missing in its answer
 * @source https://arxiv.org/abs/2401.00368
 */
export const GenerateTextClassificationData = defineTask({
  "~ready": true,
  type: "GenerateTextClassificationData",
  about: "Writes a text for a classification task, its label, and a label that only seems to fit.",
  cites: improvingTextEmbeddings,
  reads: { task: Schema.String },
  adds: { input_text: Schema.String, label: Schema.String, misleading_label: Schema.String },
  options: {
    ...styleOptions,
    /** Whom the text is written for. Default: any. */
    difficulty: Schema.optionalKey(Schema.Literals(schools)),
    /** How clear the text is. Default: any. */
    clarity: Schema.optionalKey(Schema.Literals(clarities))
  },
  defaults: styleDefaults,
  python: {},
  answerFormat: ({ useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput ? formatOf(texts, "GenerateTextClassificationData") : undefined,
  prompt: ({ task }, { clarity, difficulty, language, seed }) =>
    [
      `Write one example for this text classification task: ${task}`,
      [
        `- The text is ${drawn(clarity, clarities, seed, task, "clarity")}, takes ${drawn(difficulty, schools, seed, task, "school")} education to follow, and is of some variety in style and length.`,
        "- Its label is right and does not stand in the text. The other one is wrong, for all that it has to do with the text."
      ].join("\n"),
      textsAsked(texts, language)
    ].join("\n\n"),
  parse: (answer) => jsonTexts(answer, ["input_text", "label", "misleading_label"])
})
