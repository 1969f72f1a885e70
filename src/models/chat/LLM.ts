/** LLMs: models that are asked in a chat, and what they are asked. */
import type { Answer } from "./Answer.ts"
import type { Chat } from "./Chat.ts"
import type { AnswerFormat } from "./formats.ts"
import type { Model, ModelClient, ModelRequest } from "./Model.ts"
import type { ToolChoice, ToolSpec } from "./tools.ts"

/** One question to a model. */
export interface GenerateRequest extends ModelRequest {
  readonly messages: Chat
  /** What the first question of every row that the step asks about begins with, as far as is known. */
  readonly fixed?: string | undefined
  /** How many answers to the same question. */
  readonly numGenerations: number
  readonly structuredOutput?: AnswerFormat | undefined
  /** Functions that the model may call. */
  readonly tools?: ReadonlyArray<ToolSpec> | undefined
  /** Whether it calls them. Default: as it likes. */
  readonly toolChoice?: ToolChoice | undefined
}

/** A model's answers to one question. */
export interface GenerateOutput {
  readonly answers: ReadonlyArray<Answer>
  /** Which share of the model's price they cost, where they came by a cheaper or dearer tier. */
  readonly priceShare?: number
  /** US dollars that they cost, where the provider says so. */
  readonly cost?: number
}

/** An open connection to an LLM. */
export interface LLMClient extends ModelClient<GenerateRequest, GenerateOutput> {}

/** An LLM, described: which provider, which model, with what generation kwargs. */
export interface LLM<out Name extends string = string, out Parameters = unknown> extends Model<
  Name,
  LLMClient,
  Parameters
> {
  readonly kind: "chat"
  /**
   * Whether it goes on from a chat whose next turn is the user's, an empty one included: it then
   * writes what a user might.
   */
  readonly writesUserTurns?: boolean
  /** The format that answers follow where a request names none. */
  readonly structuredOutput?: AnswerFormat | undefined
  readonly configure: (parameters: Readonly<Record<string, unknown>>) => LLM<Name, Parameters>
}

/** An LLM of a class that has a name. */
export interface NamedLLM<
  out Type extends string,
  out Name extends string,
  out Parameters
> extends LLM<Name, Parameters> {
  readonly type: Type
  readonly configure: (
    parameters: Readonly<Record<string, unknown>>
  ) => NamedLLM<Type, Name, Parameters>
}

/** Any model that is asked in a chat. */
export type AnyLLM = LLM<string, unknown>

/** A question to the model with all that the model's description adds to it. */
export const requestTo = (
  llm: LLM,
  messages: Chat,
  {
    numGenerations = 1,
    structuredOutput = llm.structuredOutput
  }: Partial<Pick<GenerateRequest, "numGenerations" | "structuredOutput">> = {}
): GenerateRequest => ({
  messages,
  numGenerations,
  generationKwargs: llm.generationKwargs,
  ...(structuredOutput === undefined ? {} : { structuredOutput })
})
