/** APIGenSemanticChecker: whether calls of functions do what their query asks. */
import * as Schema from "effect/Schema"
import { jsonSchemaOf } from "../../models/chat/jsonSchema.ts"
import { defineTask } from "../../tasks/defineTask.ts"
import { inThisForm } from "../../tasks/form.ts"
import { jsonTexts } from "../../tasks/jsonObject.ts"
import { apigen } from "./apigen.ts"

const evaluator = `You check data for models that learn to call functions. A query comes with calls that were made for it, and with what they gave. They do not pass if
1. a call does not serve what the query is after, or a call that it needs is missing;
2. a function, or the number of calls, does not fit the query;
3. an argument has a value that the query does not give and that is no sensible default;
4. what came of the calls is an error, or does not answer the query;
5. the query cannot be understood, or cannot be answered with such functions.`

const Verdict = Schema.Struct({ thought: Schema.String, passes: Schema.Literals(["yes", "no"]) })

/**
 * Judges whether calls of functions, and what came of them, do what their query asks.
 *
 * @example
 *   const judge = APIGenSemanticChecker({
 *     name: "judge",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" })
 *   })
 *
 * @reads func_desc string
 * @reads query string or null
 * @reads answers string or null — the calls, as JSON
 * @reads execution_result list of strings
 * @adds thought string
 * @adds keep_row_after_semantic_check boolean
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or gives no verdict
 * @source https://arxiv.org/abs/2406.18518
 */
export const APIGenSemanticChecker = defineTask({
  "~ready": true,
  type: "APIGenSemanticChecker",
  about: "Judges whether calls of functions, and what came of them, do what their query asks.",
  cites: apigen,
  reads: {
    func_desc: Schema.String,
    query: Schema.NullOr(Schema.String),
    answers: Schema.NullOr(Schema.String),
    execution_result: Schema.Array(Schema.String)
  },
  adds: { thought: Schema.String, keep_row_after_semantic_check: Schema.Boolean },
  options: {
    /** What the model is told of its role. */
    systemPrompt: Schema.optionalKey(Schema.String),
    /** Whether the model is held to JSON by a schema. Default false. */
    useDefaultStructuredOutput: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { systemPrompt: evaluator, useDefaultStructuredOutput: false },
  python: {},
  answerFormat: ({ useDefaultStructuredOutput }) =>
    useDefaultStructuredOutput ? jsonSchemaOf(Verdict, "APIGenSemanticChecker") : undefined,
  prompt: ({ answers, execution_result, func_desc, query }, { systemPrompt }) => [
    ...(systemPrompt === "" ? [] : [{ role: "system" as const, content: systemPrompt }]),
    {
      role: "user",
      content: [
        "Do these calls, and what came of them, do what the query asks?",
        `## Functions\n\n${func_desc}`,
        `## Query\n\n${query ?? "(none)"}`,
        `## Calls\n\n${answers ?? "(none)"}`,
        `## What came of them\n\n${execution_result.join("\n")}`,
        inThisForm(`{ "thought": "<why>", "passes": "<yes or no>" }`)
      ].join("\n\n")
    }
  ],
  parse: (answer) => {
    const { passes, thought } = jsonTexts(answer, ["thought", "passes"])
    return { thought, keep_row_after_semantic_check: passes.trim().toLowerCase() === "yes" }
  }
})
