/** What is known of an answer besides its text, and what becomes of one that was cut. */
import type { Answer, FinishReason, Logprob, TokenUsage } from "../models/chat/Answer.ts"
import type { Chat } from "../models/chat/Chat.ts"
import type { ToolCall } from "../models/chat/tools.ts"

/** What is known of an answer besides its text. */
export interface AnswerDetails {
  /** The model that answered. */
  readonly model: string
  /** What the model thought before it answered; null if it did not tell. */
  readonly reasoning: string | null
  /** Why the answer ended: `length` where it was cut at the limit of tokens. */
  readonly finishReason: FinishReason
  /** Its tokens; null if the provider did not count them. */
  readonly usage: TokenUsage | null
  /** For each of its tokens the likeliest tokens there; null unless they were asked for. */
  readonly logprobs: ReadonlyArray<ReadonlyArray<Logprob>> | null
  /** Calls of tools that the model asked for, oldest first. */
  readonly toolCalls: ReadonlyArray<ToolCall>
  /** The chat with all calls and what they gave; empty unless the task has tools. */
  readonly transcript: Chat
}

export const detailsOf = (
  { by, finishReason, logprobs, reasoning, toolCalls, transcript, usage }: Answer,
  model: string
): AnswerDetails => ({
  model: by ?? model,
  reasoning: reasoning ?? null,
  finishReason,
  usage: usage ?? null,
  logprobs: logprobs ?? null,
  toolCalls: toolCalls ?? [],
  transcript: transcript ?? []
})

/** What becomes of an answer that was cut at the limit of tokens. */
export type WhenCut = "keep" | "error" | "retry"

/** What becomes of a row whose answer is missing or empty. */
export type NoAnswer = "error" | "keep"

/** What to do about answers that are cut. */
export const cutAdvice = `Raise maxNewTokens, or set whenCut: "retry".`
