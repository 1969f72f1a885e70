/** PrometheusEval: one answer scored by a rubric, or the better of two. */
import * as Schema from "effect/Schema"
import { oneOf } from "../../columns/inputs.ts"
import type { Row } from "../../columns/Row.ts"
import { defineTaskByCase } from "../../tasks/defineTask.ts"
import { inThisForm } from "../../tasks/form.ts"
import { given } from "../../tasks/given.ts"
import { rubricProblem, usualRubrics } from "./prometheusRubrics.ts"

const Instructed = {
  instruction: Schema.String,
  reference: Schema.optionalKey(Schema.String)
}

/**
 * Judges an answer, or which of two is better, by a rubric, with feedback before the verdict.
 *
 * @example
 *   const evaluate = PrometheusEval({
 *     name: "evaluate",
 *     llm: OpenAILLM({ model: "prometheus-7b-v2.0", baseUrl: "http://localhost:8000/v1" }),
 *     mode: "absolute",
 *     rubric: "factual-validity"
 *   })
 *
 * @reads instruction string
 * @reads generation string — with mode `absolute`
 * @reads generations list of strings — two of them, with mode `relative`
 * @reads reference string, optional — an answer that would get the best score; with option `reference: true` only
 * @adds feedback string
 * @adds result number, 1 to 5, with mode `absolute`; `"A"` or `"B"` with mode `relative`
 * @adds reasoning string or null — what the judge thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RangeError if there is no such rubric, or its text has another form
 * @fails RowFailed when the model does not answer, or gives no single verdict
 * @source https://arxiv.org/abs/2405.01535
 */
export const PrometheusEval = defineTaskByCase({
  "~ready": true,
  type: "PrometheusEval",
  about:
    "Judges an answer, or which of two is better, by a rubric, with feedback before the verdict.",
  cites: `@misc{kim2024prometheus2,
  title = {Prometheus 2: An Open Source Language Model Specialized in Evaluating Other Language Models},
  author = {Seungone Kim and Juyoung Suk and Shayne Longpre and Bill Yuchen Lin and Jamin Shin and Sean Welleck and Graham Neubig and Moontae Lee and Kyungjae Lee and Minjoon Seo},
  year = {2024},
  eprint = {2405.01535},
  archivePrefix = {arXiv}
}`,
  reads: oneOf(
    { ...Instructed, generation: Schema.String },
    { ...Instructed, generations: Schema.Array(Schema.String) }
  ),
  adds: {
    by: "mode",
    of: {
      absolute: { feedback: Schema.String, result: Schema.Number },
      relative: { feedback: Schema.String, result: Schema.Literals(["A", "B"]) }
    }
  },
  options: {
    /** Whether one answer is scored, or two are compared. Default `absolute`. */
    mode: Schema.optionalKey(Schema.Literals(["absolute", "relative"])),
    /** Which of the rubrics is judged by. */
    rubric: Schema.String,
    /**
     * Rubrics by name: a question in square brackets, then lines from `Score 1: …` to `Score 5: …`.
     * Default: helpfulness, harmlessness, honesty, factual-validity and reasoning.
     */
    rubrics: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
    /** Whether rows bring a reference answer. Default false. */
    reference: Schema.optionalKey(Schema.Boolean)
  },
  defaults: { mode: "absolute", rubrics: usualRubrics, reference: false },
  python: {},
  check: ({ rubric, rubrics }) => {
    const text = rubrics[rubric]
    if (text === undefined)
      return `There is no rubric '${rubric}'. There are: ${Object.keys(rubrics).join(", ") || "none"}.`
    const problem = rubricProblem(text)
    return problem === undefined ? undefined : `The text of rubric '${rubric}' ${problem}.`
  },
  prompt: (row, { mode, reference, rubric, rubrics }) => {
    const answers = mode === "relative" ? twoOf(row) : [oneText(row)]
    if (reference && typeof row.reference !== "string")
      throw new Error("the row has no text 'reference', which option reference asks for")
    return [
      {
        role: "system",
        content:
          mode === "relative"
            ? "You compare two answers fairly, by a rubric that you are given, and tell why one is better."
            : "You judge an answer fairly, by a rubric that you are given, and tell why it gets its score."
      },
      {
        role: "user",
        content: [
          mode === "relative"
            ? "Two answers to an instruction are given, and a rubric. Write feedback that compares them by this rubric alone, then name the better one."
            : "An answer to an instruction is given, and a rubric. Write feedback on it by this rubric alone, then give it the score that fits best.",
          inThisForm(
            `Feedback: <feedback> [RESULT] ${mode === "relative" ? "<A or B>" : "<1 to 5>"}`
          ),
          "Write nothing else before or after it.",
          `### Instruction\n${row.instruction}`,
          ...answers.map(
            (text, i) => `### ${mode === "relative" ? `Response ${"AB"[i]}` : "Response"}\n${text}`
          ),
          ...(reference
            ? [
                mode === "relative"
                  ? `### Reference answer\n${row.reference}`
                  : `### Reference answer (score 5)\n${row.reference}`
              ]
            : []),
          `### Rubric\n${rubrics[rubric]}`
        ].join("\n\n")
      }
    ]
  },
  parse: (answer, _, { mode }) => {
    const parts = given(answer).split("[RESULT]")
    if (parts.length !== 2)
      throw new Error(
        `the answer has ${parts.length === 1 ? "no verdict" : "several verdicts"}: '[RESULT]' must stand in it once`
      )
    const [text, verdict] = parts.map((part) => part.trim()) as [string, string]
    const feedback = text.replace(/^Feedback:/, "").trim()
    if (mode === "relative") {
      if (verdict === "A" || verdict === "B") return { feedback, result: verdict }
      throw new Error(`the verdict is ${JSON.stringify(verdict)}, not A or B`)
    }
    if (/^[1-5]$/.test(verdict)) return { feedback, result: Number(verdict) }
    throw new Error(`the verdict is ${JSON.stringify(verdict)}, not 1 to 5`)
  }
})

/** Rows of an open source may hold anything. */
const oneText = (row: Row): string => {
  if (typeof row["generation"] === "string") return row["generation"]
  throw new Error("'generation' is no text, and mode absolute judges one")
}

const twoOf = (row: Row): ReadonlyArray<string> => {
  const generations = row["generations"]
  if (
    Array.isArray(generations) &&
    generations.length === 2 &&
    generations.every((text) => typeof text === "string")
  )
    return generations
  throw new Error("'generations' is no list of two texts, and mode relative compares two")
}
