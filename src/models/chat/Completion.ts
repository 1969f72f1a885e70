/** Completions: a prompt as it is, which a model goes on from, without a chat around it. */
import type { GenerateRequest } from "./LLM.ts"

/** A raw prompt. Its answers are those of a chat: a `GenerateOutput`. */
export interface CompletionRequest extends Omit<GenerateRequest, "messages"> {
  readonly prompt: string
}
