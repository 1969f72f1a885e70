/** Questions: what a request asks of a simulated model, in words that no protocol owns. */
import { isObject, textOf } from "./Wire.ts"

/** A JSON schema as it came over the wire. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One message of a conversation; images and other media are left out of its text. */
export interface Turn {
  readonly role: "user" | "assistant"
  readonly text: string
}

/** What decides latency, faults and answers: the same values always get the same treatment. */
export interface QuestionKey {
  readonly model: string
  /** The last user message. */
  readonly prompt: string
  /** The system messages, joined by line breaks; "" without any. */
  readonly system?: string | undefined
  /** The conversation before the last user message; empty for a single question. */
  readonly history?: ReadonlyArray<Turn> | undefined
  /**
   * The seed that the request itself carries (`seed`, `random_seed`), if any: asking again with
   * another seed is another question.
   */
  readonly sample?: number | undefined
}

/** A question as a protocol reads it from a request. */
export interface Question extends QuestionKey {
  readonly system: string
  readonly history: ReadonlyArray<Turn>
  /**
   * How many characters of the system messages and the conversation are to be kept, of a provider
   * that keeps no beginning unless it is told to.
   */
  readonly kept?: number | undefined
  /** How many answers are wanted. */
  readonly n: number
  readonly maxTokens: number | undefined
  readonly stop: ReadonlyArray<string>
  /** Whether the answer has to be JSON. */
  readonly json: boolean
  /** The schema that the JSON has to follow. */
  readonly schema: JsonSchema | undefined
  /** The texts to embed, of a request that wants vectors. */
  readonly embeds?: {
    readonly texts: ReadonlyArray<string>
    readonly dimensions: number | undefined
    readonly single?: boolean
  }
  /** The tool that the model is to call instead of saying something. */
  readonly tool?: AskedTool | undefined
  /** Whether it asks for images. */
  readonly draws?: boolean
  /** The texts to score, of a request that wants scores. */
  readonly scores?: ReadonlyArray<string>
  /** How many alternatives to list for each token; undefined when no log probabilities are wanted. */
  readonly logprobs: number | undefined
}

/** A tool as a request offers it. */
export interface AskedTool {
  readonly name: string
  readonly parameters: JsonSchema
}

/**
 * The tool that a simulated model calls: the one that it must, else the first; none where it must
 * not, or once a tool has given something.
 */
export const toolToCall = (
  tools: ReadonlyArray<AskedTool>,
  {
    answered,
    forbidden,
    named
  }: { readonly answered: boolean; readonly forbidden: boolean; readonly named: unknown }
): AskedTool | undefined =>
  answered || forbidden ? undefined : (tools.find(({ name }) => name === named) ?? tools[0])

/** The question in messages with roles and content: system messages apart, other roles answer. */
export const conversationIn = (
  messages: ReadonlyArray<unknown>
): Pick<Question, "system" | "prompt" | "history"> => {
  const system: Array<string> = []
  const turns: Array<Turn> = []
  for (const { content, role } of messages.filter(isObject)) {
    const text = textOf(content)
    if (role === "system") system.push(text)
    else turns.push({ role: role === "user" ? "user" : "assistant", text })
  }
  return { system: system.join("\n"), ...splitConversation(turns) }
}

/** Splits a conversation at its last user message. Without a user message the prompt is "". */
export const splitConversation = (
  turns: ReadonlyArray<Turn>
): Pick<Question, "prompt" | "history"> => {
  const last = turns.findLastIndex((turn) => turn.role === "user")
  return last === -1
    ? { prompt: "", history: turns }
    : { prompt: turns[last]?.text ?? "", history: turns.toSpliced(last, 1) }
}
