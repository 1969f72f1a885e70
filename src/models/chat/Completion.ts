/** Completions: a prompt as it is, which a model goes on from, without a chat around it. */
import { textAnswers } from "./chatKind.ts"
import type { GenerateOutput, GenerateRequest } from "./LLM.ts"
import type { Model, ModelClient } from "./Model.ts"
import { ofPrompt } from "./ofPrompt.ts"
import type { RequestKind } from "./RequestKind.ts"

/** A raw prompt. Its answers are those of a chat: a `GenerateOutput`. */
export interface CompletionRequest extends Omit<GenerateRequest, "messages" | "structuredOutput"> {
  readonly prompt: string
}

/** An open connection to a model that goes on from prompts. */
export interface CompletionClient extends ModelClient<CompletionRequest, GenerateOutput> {}

/** A model that goes on from prompts, described. */
export interface CompletionModel<
  out Name extends string = string,
  out Parameters = unknown
> extends Model<Name, CompletionClient, Parameters> {
  readonly kind: "completion"
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => CompletionModel<Name, Parameters>
}

export const completionKind: RequestKind<CompletionRequest, GenerateOutput> = {
  name: "completion",
  ...ofPrompt,
  ...textAnswers
}
