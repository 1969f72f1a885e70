/** Keys: one number for a question, with which all its dice are thrown. */
import type { QuestionKey } from "../../models/simulated/Question.ts"
import { hashText } from "./Dice.ts"

/** Hashes a question into the key that all its dice are thrown with. */
export const keyOf = (seed: number, question: QuestionKey): number => {
  let key = hashText(question.model, seed)
  key = hashText(question.system ?? "", key)
  for (const turn of question.history ?? []) {
    key = hashText(turn.text, hashText(turn.role, key))
  }
  key = hashText(question.prompt, key)
  return question.sample === undefined ? key : hashText(String(question.sample), key)
}
