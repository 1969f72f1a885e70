/** SelfInstruct: queries that users of an application might have. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"

const usualCriteria = `- Vary the verbs, and what is asked for.
- One or two sentences each, in one line.
- Each must be clear by itself, without the context and without the others.
- Questions and commands, in about equal parts.`

/**
 * Writes queries that users of an application might have, given a context.
 *
 * @example
 *   const invent = SelfInstruct({
 *     name: "invent",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     numInstructions: 10,
 *     applicationDescription: "A guide to gardening"
 *   })
 *
 * @reads input string — what the queries are about
 * @adds instructions list of strings
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer
 * @source https://arxiv.org/abs/2212.10560
 */
export const SelfInstruct = defineTask({
  "~ready": true,
  type: "SelfInstruct",
  about: "Writes queries that users of an application might have, given a context.",
  cites: `@misc{wang2022selfinstruct,
  title = {Self-Instruct: Aligning Language Models with Self-Generated Instructions},
  author = {Yizhong Wang and Yeganeh Kordi and Swaroop Mishra and Alisa Liu and Noah A. Smith and Daniel Khashabi and Hannaneh Hajishirzi},
  year = {2022},
  eprint = {2212.10560},
  archivePrefix = {arXiv}
}`,
  reads: { input: Schema.String },
  adds: { instructions: Schema.Array(Schema.String) },
  options: {
    /** How many queries are asked for. Default 5. */
    numInstructions: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
    /** What the queries must be like. */
    criteriaForQueryGeneration: Schema.optionalKey(Schema.String),
    /** Whom the queries are for. Default `AI assistant`. */
    applicationDescription: Schema.optionalKey(Schema.String)
  },
  defaults: {
    numInstructions: 5,
    criteriaForQueryGeneration: usualCriteria,
    applicationDescription: "AI assistant"
  },
  python: {},
  prompt: ({ input }, { applicationDescription, criteriaForQueryGeneration, numInstructions }) =>
    [
      `Write ${numInstructions} queries that users might send to this application: ${applicationDescription}.`,
      `## Criteria\n\n${criteriaForQueryGeneration}`,
      `## Context\n\n${input}`,
      "Write one query on each line, without numbers, dashes, quotes or blank lines, and nothing else."
    ].join("\n\n"),
  parse: (answer) => ({
    instructions: (answer ?? "").split(/\r?\n/).filter((line) => line.trim() !== "")
  })
})
