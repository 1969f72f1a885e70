/** UltraFeedback: a model as judge of several texts for one instruction. */
import * as Schema from "effect/Schema"
import { jsonSchemaOf } from "../models/chat/jsonSchema.ts"
import { defineTaskByCase } from "./defineTask.ts"
import { readFeedback } from "./readFeedback.ts"
import { aspects, isTyped, judgePrompt, judgeSystem } from "./ultraFeedbackPrompts.ts"

const Ratings = Schema.Array(Schema.NullOr(Schema.Number))
const Texts = Schema.Array(Schema.NullOr(Schema.String))

/** Ratings and rationales, one for each text, null where the judge gave none. */
const rated = { ratings: Ratings, rationales: Texts }

/** What kind each text is of and why, and ratings with their own rationales. */
const typedAndRated = {
  types: Ratings,
  rationales: Texts,
  ratings: Ratings,
  "rationales-for-ratings": Texts
}

/**
 * Rates texts that answer one instruction, from 1 to 5, with the reason for each.
 *
 * @example
 *   const judge = UltraFeedback({ name: "judge", llm: OpenAILLM({ model: "gpt-4o-mini" }), aspect: "honesty" })
 *
 * @reads instruction string
 * @reads generations list of strings or nulls
 * @adds ratings list of numbers or nulls, one for each text, 1 to 5 — null when the judge gave none
 * @adds rationales list of strings or nulls, one for each text
 * @adds types list of numbers or nulls — for aspects helpfulness and truthfulness only
 * @adds rationales-for-ratings list of strings or nulls — for aspects helpfulness and truthfulness only
 * @adds reasoning string or null — what the judge thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a rating has no number
 * @source https://arxiv.org/abs/2310.01377
 */
export const UltraFeedback = defineTaskByCase({
  "~ready": true,
  type: "UltraFeedback",
  about: "Rates texts that answer one instruction, from 1 to 5, with the reason for each.",
  cites: `@misc{cui2023ultrafeedback,
  title = {UltraFeedback: Boosting Language Models with Scaled AI Feedback},
  author = {Ganqu Cui and Lifan Yuan and Ning Ding and Guanming Yao and Bingxiang He and Wei Zhu and Yuan Ni and Guotong Xie and Ruobing Xie and Yankai Lin and Zhiyuan Liu and Maosong Sun},
  year = {2023},
  eprint = {2310.01377},
  archivePrefix = {arXiv}
}`,
  tags: ["rlaif"],
  reads: { instruction: Schema.String, generations: Texts },
  adds: {
    by: "aspect",
    of: {
      helpfulness: typedAndRated,
      honesty: rated,
      "instruction-following": rated,
      truthfulness: typedAndRated,
      "overall-rating": rated
    }
  },
  options: {
    /** Whether the judge answers in JSON by a schema rather than in text. Default false. */
    useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean),
    /** What is judged. Default `overall-rating`. */
    aspect: Schema.optionalKey(Schema.Literals(aspects))
  },
  defaults: { useDefaultStructuredOutput: false, aspect: "overall-rating" },
  python: {},
  answerFormat: ({ aspect, useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput ? jsonSchemaOf(answerSchema(isTyped(aspect)), aspect) : undefined,
  prompt: ({ generations, instruction }, { aspect, useDefaultStructuredOutput }) => {
    const texts = listOf(generations)
    return [
      { role: "system", content: judgeSystem(texts.length) },
      {
        role: "user",
        content: judgePrompt(aspect, String(instruction), texts, useDefaultStructuredOutput)
      }
    ]
  },
  parse: (answer, { generations }, { aspect, useDefaultStructuredOutput }) =>
    readFeedback(answer, listOf(generations).length, isTyped(aspect), useDefaultStructuredOutput)
})

/** The columns of the answer in JSON. Providers refuse '-' in names of a schema. */
const answerSchema = (typed: boolean): Schema.Top => {
  if (!typed) return Schema.Struct(rated)
  const { "rationales-for-ratings": rationales, ...columns } = typedAndRated
  return Schema.Struct({ ...columns, rationales_for_ratings: rationales })
}

/** Rows of an open source may hold anything. */
const listOf = (generations: unknown): ReadonlyArray<string | null> => {
  if (!Array.isArray(generations))
    throw new Error(
      `'generations' is ${generations === undefined ? "missing" : `a ${typeof generations}`}, not a list of texts`
    )
  return generations as ReadonlyArray<string | null>
}
