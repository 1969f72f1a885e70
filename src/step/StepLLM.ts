/** Models within steps: what a step's work may ask of the model that its definition declares. */
import type * as Effect from "effect/Effect"
import type { ColumnSchema, ValueOf } from "../columns/Columns.ts"
import type { Answer } from "../models/chat/Answer.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { AnyLLM } from "../models/chat/LLM.ts"
import type { LLMError } from "../models/chat/LLMError.ts"
import type { ParametersOf } from "../models/chat/Model.ts"
import type { RowFailed } from "./StepFailed.ts"

/** Generation kwargs as a model takes them. */
type KwargsOf<L> =
  ParametersOf<L> extends { readonly generationKwargs?: infer Kwargs }
    ? Kwargs
    : Readonly<Record<string, unknown>>

/** A question with more than its messages. */
export interface LLMQuestion<Kwargs, Structured extends ColumnSchema = never> {
  /** A chat, or the text of its only message. */
  readonly messages: string | Chat
  /** Generation kwargs for this question, over those of the model. */
  readonly generationKwargs?: Kwargs
  /** A schema that the answer must follow: its value is `value`. */
  readonly structuredOutput?: Structured
}

/** An answer that has a text, and the value of the schema where one was given. */
export type StepAnswer<Structured extends ColumnSchema = never> = Answer & {
  readonly text: string
} & ([Structured] extends [never] ? unknown : { readonly value: ValueOf<Structured> })

/** The model of a step, within its work. */
export interface StepLLM<L extends AnyLLM = AnyLLM> {
  /**
   * Asks the model. Limits, retries, prices, budgets and the cache apply as for a task; the same
   * question asked twice gets two answers.
   *
   * Fails with LLMError if the model does not answer, with RowFailed if its answer is empty or does
   * not fit `structuredOutput`; what is not caught makes the row an error row.
   */
  readonly ask: <Structured extends ColumnSchema = never>(
    question: string | Chat | LLMQuestion<KwargsOf<L>, Structured>
  ) => Effect.Effect<StepAnswer<Structured>, LLMError | RowFailed>
  /** `ask`, as a promise. */
  readonly askPromise: <Structured extends ColumnSchema = never>(
    question: string | Chat | LLMQuestion<KwargsOf<L>, Structured>
  ) => Promise<StepAnswer<Structured>>
}
