/** GenerateTextRetrievalData: a query, a document that answers it, and one that seems to. */
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

const queryTypes = ["extremely long-tail", "long-tail", "common"] as const
const queryLengths = ["less than 5 words", "5 to 15 words", "at least 10 words"] as const
const wordCounts = [50, 100, 200, 300, 400, 500] as const

const texts = {
  user_query: "a query for the task",
  positive_document: "a document that answers the query",
  hard_negative_document: "a document that seems to, and does not"
}

/**
 * Writes a query for a retrieval task, a document that answers it, and one that only seems to.
 *
 * Styles that are not given are drawn for each row, by the seed.
 *
 * @example
 *   const retrieval = GenerateTextRetrievalData({
 *     name: "retrieval",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     queryType: "common",
 *     difficulty: "college"
 *   })
 *
 * @reads task string — a retrieval task, such as "Find articles that a farmer's question is about."
 * @adds user_query string
 * @adds positive_document string
 * @adds hard_negative_document string
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or a text is missing in its answer
 * @source https://arxiv.org/abs/2401.00368
 */
export const GenerateTextRetrievalData = defineTask({
  "~ready": true,
  type: "GenerateTextRetrievalData",
  about:
    "Writes a query for a retrieval task, a document that answers it, and one that only seems to.",
  cites: improvingTextEmbeddings,
  reads: { task: Schema.String },
  adds: {
    user_query: Schema.String,
    positive_document: Schema.String,
    hard_negative_document: Schema.String
  },
  options: {
    ...styleOptions,
    /** How common the query is. Default: any. */
    queryType: Schema.optionalKey(Schema.Literals(queryTypes)),
    /** How long the query is. Default: any. */
    queryLength: Schema.optionalKey(Schema.Literals(queryLengths)),
    /** Whom the documents are written for. Default: any. */
    difficulty: Schema.optionalKey(Schema.Literals(schools)),
    /** How clear the query is. Default: any. */
    clarity: Schema.optionalKey(Schema.Literals(clarities)),
    /** The least number of words of a document. Default: any. */
    numWords: Schema.optionalKey(Schema.Literals(wordCounts))
  },
  defaults: styleDefaults,
  python: {},
  answerFormat: ({ useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput ? formatOf(texts, "GenerateTextRetrievalData") : undefined,
  prompt: ({ task }, { clarity, difficulty, language, numWords, queryLength, queryType, seed }) =>
    [
      `Write one example for this retrieval task: ${task}`,
      [
        `- The query is ${drawn(queryType, queryTypes, seed, task, "type")}, ${drawn(queryLength, queryLengths, seed, task, "length")} long, ${drawn(clarity, clarities, seed, task, "clarity")}, and of some variety in its topic.`,
        `- Each document has at least ${drawn(numWords, wordCounts, seed, task, "words")} words, stands by itself, and takes ${drawn(difficulty, schools, seed, task, "school")} education to follow.`,
        "- The second document is close to the query in topic and words, but of less use for it than the first. It does not say that it is."
      ].join("\n"),
      textsAsked(texts, language)
    ].join("\n\n"),
  parse: (answer) =>
    jsonTexts(answer, ["user_query", "positive_document", "hard_negative_document"])
})
