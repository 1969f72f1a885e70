/** CLAIR: an answer made better by as little as possible. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"
import { inThisForm } from "../../tasks/form.ts"
import { given } from "../../tasks/given.ts"

const teacher =
  "You are a teacher who makes the answers of students a little better: clearer, more correct, more engaging. You change as little as that takes."

/** Before the revision; models say it in one of several ways. */
const marks = ["corrected", "worsened"].flatMap((how) => [
  new RegExp(`\\*\\*${how} student solution:?\\*\\*:?`, "i"),
  new RegExp(`\\{${how}_student_solution\\}:?`, "i")
])

/**
 * Revises an answer minimally, so that the two make a pair with a clear preference.
 *
 * @example
 *   const revise = CLAIR({ name: "revise", llm: OpenAILLM({ model: "gpt-4o" }) })
 *
 * @reads task string
 * @reads student_solution string
 * @adds revision string
 * @adds rational string — why it was changed as it was
 * @adds reasoning string or null — what the model thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or does not say where the revision begins
 * @source https://arxiv.org/abs/2408.06266
 */
export const CLAIR = defineTask({
  "~ready": true,
  type: "CLAIR",
  about: "Revises an answer minimally, so that the two make a pair with a clear preference.",
  cites: `@misc{doosterlinck2024clair,
  title = {Anchored Preference Optimization and Contrastive Revisions: Addressing Underspecification in Alignment},
  author = {Karel D'Oosterlinck and Winnie Xu and Chris Develder and Thomas Demeester and Amanpreet Singh and Christopher Potts and Douwe Kiela and Shikib Mehri},
  year = {2024},
  eprint = {2408.06266},
  archivePrefix = {arXiv}
}`,
  reads: { task: Schema.String, student_solution: Schema.String },
  adds: { revision: Schema.String, rational: Schema.String },
  options: {
    /** What the model is told of its role. */
    systemPrompt: Schema.optionalKey(Schema.String)
  },
  defaults: { systemPrompt: teacher },
  python: {},
  prompt: ({ student_solution, task }, { systemPrompt }) => [
    ...(systemPrompt === "" ? [] : [{ role: "system" as const, content: systemPrompt }]),
    {
      role: "user",
      content: [
        "A student has solved a task. First say step by step what is wrong or weak in the solution, and what would help most. Then write the solution anew with these changes alone: same form, same voice, about the same length. Do not mention in it that it was revised.",
        inThisForm("<what to change and why>\n\n**Corrected Student Solution:**\n\n<the solution>"),
        `## Task\n\n${task}`,
        `## Solution of the student\n\n${student_solution}`
      ].join("\n\n")
    }
  ],
  parse: (answer) => {
    const text = given(answer)
    const mark = marks.find((each) => each.test(text))
    if (mark === undefined)
      throw new Error(
        "the answer does not say where the revision begins: **Corrected Student Solution:**"
      )
    const [rational, revision] = text.split(mark) as [string, string]
    return {
      revision: revision.trim(),
      rational: rational
        .trim()
        .replace(/^\{teacher_reasoning\}:?/i, "")
        .trim()
    }
  }
})
