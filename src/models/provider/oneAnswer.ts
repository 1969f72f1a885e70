/** Answers of providers that give one to a request: what was read of a body, judged in one way. */
import { failed, Unusable } from "../asking/Diagnosis.ts"
import { type Answer, type TokenUsage, withUsage } from "../chat/Answer.ts"
import { finishReasonOf } from "../chat/finishReasons.ts"
import type { GenerateOutput } from "../chat/LLM.ts"
import type { LLMErrorReason } from "../chat/LLMError.ts"
import type { ToolCall } from "../chat/tools.ts"

/** What a provider's body holds. */
export interface ReadAnswer {
  readonly usage: TokenUsage | undefined
  /** An error in a body that came with status 200. */
  readonly error?: unknown
  /** Why it is no answer at all. */
  readonly lacks?: string | undefined
  /** By what words the model, or a filter, refuses. */
  readonly refusal?: string | undefined
  /** Why the answer ended, in the provider's word; undefined if it broke off. */
  readonly finish: unknown
  /** What the provider says of an end by an error. */
  readonly finishMessage?: string | undefined
  readonly text: string | null
  readonly reasoning: string | null
  /** Calls of tools, if there are any. */
  readonly toolCalls?: ReadonlyArray<ToolCall>
  /** Empty where none were told. */
  readonly logprobs?: NonNullable<Answer["logprobs"]>
}

/** The answer. Throws `Unusable` for an error, for what is no whole answer, and for a refusal. */
export const oneAnswer = (read: ReadAnswer): GenerateOutput => {
  const { finish, logprobs = [], reasoning, text, toolCalls = [], usage } = read
  const unusable = (reason: LLMErrorReason, detail: string): Unusable =>
    new Unusable({ reason, detail, usage })
  if (read.error !== undefined && read.error !== null) throw failed(read.error, usage)
  if (read.refusal !== undefined) throw unusable("Refused", read.refusal)
  if (read.lacks !== undefined) throw unusable("InvalidAnswer", read.lacks)
  if (finish === undefined || finish === null || finish === "")
    throw unusable("InvalidAnswer", "the stream ended before the answer did")
  const finishReason = finishReasonOf(finish) ?? "stop"
  if (finishReason === "error")
    throw failed(read.finishMessage ?? `the answer ended with ${String(finish)}`, usage)
  const answer: Answer = {
    text,
    finishReason: toolCalls.length > 0 && finishReason === "stop" ? "tool" : finishReason,
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    ...(reasoning === null ? {} : { reasoning }),
    ...(logprobs.length === 0 ? {} : { logprobs })
  }
  return { answers: [withUsage(answer, usage)] }
}
