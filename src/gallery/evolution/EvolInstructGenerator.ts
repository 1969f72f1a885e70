/** EvolInstructGenerator: instructions made from nothing but words. */
import { wizardLM } from "./citations.ts"
import { generation } from "./generation.ts"
import { instructions } from "./mutations.ts"

/**
 * Makes instructions from words, evolved until they have the right length.
 *
 * A mutation adds a constraint, depth, what is specific, or steps of reasoning, or make a rarer
 * instruction of the field. An instruction that has become too long is begun anew.
 *
 * Each row has a number, on which its words and mutations depend: many are made at once, and a
 * resumed run goes on where it was. Defaults: `minLength` 512 and `maxLength` 1024 characters,
 * `maxRounds` 20, `seed` 42.
 *
 * @example
 *   const made = EvolInstructGenerator({
 *     name: "made",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     numInstructions: 100,
 *     minLength: 100,
 *     generateAnswers: true
 *   })
 *
 * @adds instruction string
 * @adds answer string — with `generateAnswers: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chats sent, the raw answers and token counts of all calls, under the task's name
 * @fails RowFailed when the model does not answer, or none of `maxRounds` texts has the right length
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/evolinstructgenerator/
 */
export const EvolInstructGenerator = generation({
  type: "EvolInstructGenerator",
  about: "Makes instructions from words, evolved until they have the right length.",
  cites: wizardLM,
  mutations: instructions
})
