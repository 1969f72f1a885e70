/** InstructionBacktranslation: whether a text is what an assistant would answer. */
import * as Schema from "effect/Schema"
import { defineTask } from "../../tasks/defineTask.ts"
import { inThisForm } from "../../tasks/form.ts"
import { given } from "../../tasks/given.ts"

const scale = [
  "Incomplete, vague, off the point, or not what was asked: text of a forum, advertisement, navigation.",
  "Deals with most of what was asked, but not as an assistant would: from the writer's own experience, or of another matter in parts.",
  "Helps, though it was not written for the person who asked: it reads like a page of a blog, a book or a search result.",
  "Written for the person who asked, complete and clear, with small things to improve in form or length.",
  "What an expert assistant would answer: to the point, well known, well told, nothing superfluous."
]

const result = /^(.*?)[\s*]*score[\s*]*:[\s*]*(\d+)(?!\d)/is

/**
 * Scores from 1 to 5 whether a text is the answer that a good assistant would give.
 *
 * @example
 *   const curate = InstructionBacktranslation({
 *     name: "curate",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" })
 *   })
 *
 * @reads instruction string
 * @reads generation string
 * @adds score number, 1 to 5
 * @adds reason string
 * @adds reasoning string or null — what the judge thought before it answered; with option `reasoning: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chat sent, the raw answer and token counts, under the task's name
 * @fails RowFailed when the model does not answer, or gives no score from 1 to 5
 * @source https://arxiv.org/abs/2308.06259
 */
export const InstructionBacktranslation = defineTask({
  "~ready": true,
  type: "InstructionBacktranslation",
  about: "Scores from 1 to 5 whether a text is the answer that a good assistant would give.",
  cites: `@misc{li2023backtranslation,
  title = {Self-Alignment with Instruction Backtranslation},
  author = {Xian Li and Ping Yu and Chunting Zhou and Timo Schick and Omer Levy and Luke Zettlemoyer and Jason Weston and Mike Lewis},
  year = {2023},
  eprint = {2308.06259},
  archivePrefix = {arXiv}
}`,
  reads: { instruction: Schema.String, generation: Schema.String },
  adds: { score: Schema.Number, reason: Schema.String },
  options: {},
  defaults: {},
  python: {},
  prompt: ({ generation, instruction }) =>
    [
      "Somebody gave an instruction, and the text below is offered as an assistant's answer to it. Judge how good an example of such an answer it is, on this scale:",
      scale.map((meaning, i) => `${i + 1}. ${meaning}`).join("\n"),
      `Say why in a few sentences first; the score stands alone in the last line. ${inThisForm("<why>\nScore: <1 to 5>")}`,
      `## Instruction\n\n${instruction}`,
      `## Answer\n\n${generation}`
    ].join("\n\n"),
  parse: (answer) => {
    const [, reason, digits] = result.exec(given(answer)) ?? []
    const score = Number(digits)
    if (digits === undefined || score < 1 || score > 5)
      throw new Error(
        digits === undefined ? "the answer has no score" : `the score is ${digits}, not 1 to 5`
      )
    return { score, reason: reason!.trim() }
  }
})
