/** QualityScorer: how good each of several responses to one instruction is. */
import * as Schema from "effect/Schema"
import { jsonSchemaOf } from "../../models/chat/jsonSchema.ts"
import { defineTask } from "../../tasks/defineTask.ts"
import { deita } from "./deita.ts"
import { readScores, scoreColumns, scoresForm, ScoresInJson } from "./numberedScores.ts"

/**
 * Scores responses to one instruction against each other, the best highest.
 *
 * @example
 *   const quality = QualityScorer({ name: "quality", llm: OpenAILLM({ model: "gpt-4o-mini" }) })
 *
 * @reads instruction string
 * @reads responses list of strings
 * @adds scores list of numbers or nulls, one for each response, from 1 to one more than there are responses — null where the judge gave none
 * @adds reasoning string or null — what the judge thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or no score can be read
 * @source https://arxiv.org/abs/2312.15685
 */
export const QualityScorer = defineTask({
  "~ready": true,
  type: "QualityScorer",
  about: "Scores responses to one instruction against each other, the best highest.",
  cites: deita,
  reads: { instruction: Schema.String, responses: Schema.Array(Schema.String) },
  adds: scoreColumns,
  options: {
    /** Whether the judge answers in JSON by a schema rather than in text. Default false. */
    useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { useDefaultStructuredOutput: false },
  python: {},
  answerFormat: ({ useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput ? jsonSchemaOf(ScoresInJson, "QualityScorer") : undefined,
  prompt: ({ instruction, responses }, { useDefaultStructuredOutput }) =>
    [
      `Compare these ${responses.length} responses to one instruction. Weigh how helpful, relevant and accurate each is, how deep it goes, how much detail it has, and whether it has ideas of its own.`,
      `Give each a score from 1 to ${responses.length}, a higher one to a better response; ${responses.length + 1} is for a response that nobody could better.`,
      scoresForm(useDefaultStructuredOutput),
      `## Instruction\n\n${instruction}`,
      ...responses.map((response, i) => `## Response [${i + 1}]\n\n${response}`)
    ].join("\n\n"),
  parse: (answer, { responses }, { useDefaultStructuredOutput }) =>
    readScores(answer, responses.length, useDefaultStructuredOutput)
})
