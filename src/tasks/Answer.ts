/** One answer of a model, with what there is to know of it besides its text. */
import type { FinishReason, GenerateOutput } from "../models/chat/LLM.ts"

/** What is known of an answer besides its text. */
export interface AnswerDetails {
  /** What the model thought before it answered; null if it did not tell. */
  readonly reasoning: string | null
  /**
   * Why the answer ended: `length` where it was cut at the limit of tokens; null if the provider
   * did not say.
   */
  readonly finishReason: FinishReason | null
}

/** What is known of the answers of an output. */
export const detailsOf = (
  { finishReasons, reasonings }: GenerateOutput,
  index: number
): AnswerDetails => ({
  reasoning: reasonings?.[index] ?? null,
  finishReason: finishReasons?.[index] ?? null
})

/** What becomes of an answer that was cut at the limit of tokens. */
export type WhenCut = "keep" | "error" | "retry"

/** What to do about answers that are cut. */
export const cutAdvice = `Raise maxNewTokens, or set whenCut: "retry".`
