/** MonolingualTripletGenerator: three texts in one language, of graded similarity. */
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
 * Writes triplets of texts in one language, S2 close to S1 in meaning and S3 less so.
 *
 * Each triplet draws the styles that the options leave open, so that the triplets of one run
 * differ.
 *
 * @example
 *   const triplets = MonolingualTripletGenerator({
 *     name: "triplets",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     language: "Portuguese",
 *     numGenerations: 200,
 *     unit: "sentence"
 *   })
 *
 * @adds S1 string — the text that the others are compared with
 * @adds S2 string — close to S1
 * @adds S3 string — less close to S1, though alike in its words
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a text is missing in its answer
 * @source https://arxiv.org/abs/2401.00368
 */
export const MonolingualTripletGenerator = defineGeneratorTask({
  "~ready": true,
  type: "MonolingualTripletGenerator",
  about: "Writes triplets of texts in one language, S2 close to S1 in meaning and S3 less so.",
  cites: improvingTextEmbeddings,
  adds: tripletColumns,
  options: {
    /** The language of the texts. Default `English`. */
    language: Schema.optionalKey(Schema.String),
    ...tripletOptions
  },
  defaults: { language: "English", ...tripletDefaults },
  parameters: ["numGenerations", "seed"],
  python: {},
  rows: ({ numGenerations }) => numGenerations,
  work: (index, { language, useDefaultStructuredOutput, ...style }, { llm }) => {
    const { difficulty, highScore, lowScore, unit } = styleOf(style, index)
    return askedTriplet(
      llm,
      { S1: `a ${unit}`, S2: `a ${unit} close to S1`, S3: `a ${unit} less close to S1` },
      [
        `All are in ${language}. Only the keys stay as they are.`,
        `On a scale of similarity from 1 (unrelated) to 5 (same meaning), S1 and S2 score ${highScore}, S1 and S3 score ${lowScore}.`,
        "S3 shares words and structure with S1, so that only the meaning tells the two pairs apart.",
        `Understanding them takes ${difficulty} education. Pick a topic that is not the first to come to mind.`
      ],
      useDefaultStructuredOutput
    )
  }
})
