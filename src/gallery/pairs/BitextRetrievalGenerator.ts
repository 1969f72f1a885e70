/** BitextRetrievalGenerator: a text with a good and a poor translation. */
import * as Schema from "effect/Schema"
import { defineGeneratorTask } from "../../tasks/defineGeneratorTask.ts"
import { improvingTextEmbeddings } from "./embeddingData.ts"
import {
  askedTriplet,
  styleOf,
  tripletColumns,
  tripletDefaults,
  tripletOptions
} from "./triplets.ts"

/**
 * Writes texts, each with a good and a poorer translation.
 *
 * Each triplet draws the styles that the options leave open, so that the triplets of one run
 * differ.
 *
 * @example
 *   const translations = BitextRetrievalGenerator({
 *     name: "translations",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     targetLanguage: "German",
 *     numGenerations: 200
 *   })
 *
 * @adds S1 string — in the source language
 * @adds S2 string — a good translation of S1
 * @adds S3 string — a translation that misses part of the meaning
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a text is missing in its answer
 * @source https://arxiv.org/abs/2401.00368
 */
export const BitextRetrievalGenerator = defineGeneratorTask({
  "~ready": true,
  type: "BitextRetrievalGenerator",
  about: "Writes texts, each with a good and a poorer translation.",
  cites: improvingTextEmbeddings,
  adds: tripletColumns,
  options: {
    /** The language of S1. Default `English`. */
    sourceLanguage: Schema.optionalKey(Schema.String),
    /** The language of S2 and S3. */
    targetLanguage: Schema.String,
    ...tripletOptions
  },
  defaults: { sourceLanguage: "English", ...tripletDefaults },
  parameters: ["numGenerations", "seed"],
  python: {},
  rows: ({ numGenerations }) => numGenerations,
  work: (
    index,
    { sourceLanguage, targetLanguage, useDefaultStructuredOutput, ...style },
    { llm }
  ) => {
    const { difficulty, highScore, lowScore, unit } = styleOf(style, index)
    return askedTriplet(
      llm,
      {
        S1: `a ${unit} in ${sourceLanguage}`,
        S2: `its translation into ${targetLanguage}`,
        S3: `a poorer translation into ${targetLanguage}`
      },
      [
        `On a scale of translation quality from 1 to 5, S2 scores ${highScore} as a translation of S1, S3 scores ${lowScore}.`,
        "S3 shares words and structure with S2. Its faults are in the meaning, not in the grammar.",
        `Understanding them takes ${difficulty} education. Pick a topic that is not the first to come to mind.`
      ],
      useDefaultStructuredOutput
    )
  }
})
