/** EvolInstruct: instructions made harder, or made others of their kind, round by round. */
import { wizardLM } from "./citations.ts"
import { evolution } from "./evolution.ts"
import { instructions } from "./mutations.ts"

/**
 * Evolves an instruction in several rounds, each by a mutation that is drawn.
 *
 * Mutations add a constraint, depth, what is specific, or steps of reasoning, or make a rarer
 * instruction of the field.
 *
 * The draws depend on the seed and the instruction, so that a row keeps its evolution wherever it
 * stands.
 *
 * @example
 *   const evolve = EvolInstruct({
 *     name: "evolve",
 *     llm: OpenAILLM({ model: "gpt-4o-mini" }),
 *     numEvolutions: 2,
 *     generateAnswers: true
 *   })
 *
 * @reads instruction string
 * @adds evolved_instruction string — that of the last round; without `storeEvolutions` only
 * @adds evolved_instructions list of strings — those of all rounds; with `storeEvolutions: true` only
 * @adds answer string — with `generateAnswers: true` and without `storeEvolutions` only
 * @adds answers list of strings — with `generateAnswers: true` and `storeEvolutions: true` only
 * @adds model_name string
 * @adds distilabel_metadata the chats sent, the raw answers and token counts of all calls, under the task's name
 * @fails RowFailed when the model does not answer, or its answer holds no instruction
 * @source https://distilabel.argilla.io/latest/components-gallery/tasks/evolinstruct/
 */
export const EvolInstruct = evolution({
  type: "EvolInstruct",
  about: "Evolves an instruction in several rounds, each by a mutation that is drawn.",
  cites: wizardLM,
  mutations: instructions
})
