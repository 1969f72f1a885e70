/**
 * Conversations that a model writes by itself, the user's turns too: what the tasks have in common
 * that begin with a row and those that make one.
 */
import * as Schema from "effect/Schema"
import { type ChatItem, Messages } from "../../columns/chats.ts"
import type { Columns } from "../../columns/Columns.ts"
import type { Row } from "../../columns/Row.ts"
import type { AnyLLM } from "../../models/chat/LLM.ts"
import type { StepLLM } from "../../step/StepLLM.ts"
import { share } from "../draw/drawn.ts"

/** The paper that they follow. */
export const magpie = `@misc{xu2024magpie,
  title = {Magpie: Alignment Data Synthesis from Scratch by Prompting Aligned LLMs with Nothing},
  author = {Zhangchen Xu and Fengqing Jiang and Luyao Niu and Yuntian Deng and Radha Poovendran and Yejin Choi and Bill Yuchen Lin},
  year = {2024},
  eprint = {2406.08464},
  archivePrefix = {arXiv}
}`

/** A system prompt, several to draw from, or several by their keys, with or without weights. */
export type SystemPrompts =
  | string
  | ReadonlyArray<string>
  | { readonly [key: string]: string | readonly [systemPrompt: string, weight: number] }

/** Columns of a conversation. */
export type Conversed<
  Turns extends number,
  Only extends boolean,
  EndsWithUser extends boolean,
  Included extends boolean,
  Prompts
> = (true extends Only
  ? { readonly instruction: string }
  : [Turns, EndsWithUser, Included] extends [1, false, false]
    ? { readonly instruction: string; readonly response: string }
    : { readonly conversation: ReadonlyArray<ChatItem> }) &
  (Prompts extends string | ReadonlyArray<string>
    ? unknown
    : { readonly system_prompt_key: string | null })

/** Options of the tasks besides those of all that ask several times. */
export interface MagpieOptions<
  Turns extends number,
  Only extends boolean,
  EndsWithUser extends boolean,
  Included extends boolean,
  Prompts extends SystemPrompts
> {
  /** How many questions a conversation has. Default 1. */
  readonly nTurns?: Turns
  /** Whether the conversation ends with a question. Default false. */
  readonly endWithUser?: EndsWithUser
  /** Whether `conversation` begins with the system prompt. Default false. */
  readonly includeSystemPrompt?: Included
  /** Whether there is nothing but the first question. Default false. */
  readonly onlyInstruction?: Only
  /**
   * What conversations are about: one system prompt, several of which one is drawn for each row, or
   * several by their keys, each with its weight if they have some.
   */
  readonly systemPrompt?: Prompts
  /** Decides which system prompt is drawn, together with the row. Default 42. */
  readonly seed?: number
}

const Weighted = Schema.Tuple([Schema.String, Schema.Finite])

/** The options as schemas. */
export const magpieOptions = {
  nTurns: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThan(0))),
  endWithUser: Schema.optionalKey(Schema.Boolean),
  includeSystemPrompt: Schema.optionalKey(Schema.Boolean),
  onlyInstruction: Schema.optionalKey(Schema.Boolean),
  systemPrompt: Schema.optionalKey(
    Schema.Union([
      Schema.String,
      Schema.Array(Schema.String),
      Schema.Record(Schema.String, Schema.Union([Schema.String, Weighted]))
    ])
  ),
  seed: Schema.optionalKey(Schema.Int)
}

export const magpieDefaults = {
  nTurns: 1,
  endWithUser: false,
  includeSystemPrompt: false,
  onlyInstruction: false,
  seed: 42
}

/** The options as a task has them. */
export type Values = typeof magpieDefaults & { readonly systemPrompt?: SystemPrompts }

/** Throws at a model that writes no turns of the user, and at system prompts that nothing draws. */
export const checkMagpie = (owner: string, llm: AnyLLM, { systemPrompt }: Values): void => {
  if (llm.writesUserTurns !== true)
    throw new RangeError(
      `${owner} needs a model that can write the user's turns, which ${llm.type} cannot: it is asked in chats, and answers them. Take ClientvLLM, with the model's chat template.`
    )
  if (typeof systemPrompt !== "object") return
  const all = Object.values(systemPrompt)
  if (all.length === 0) throw new RangeError(`${owner} has no systemPrompt to draw from.`)
  const weights = all.flatMap((each: string | readonly [string, number]) =>
    typeof each === "string" ? [] : [each[1]]
  )
  if (weights.length === 0) return
  if (weights.length < all.length)
    throw new RangeError(`${owner} has weights for some of its system prompts only.`)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (Math.abs(sum - 1) > 1e-6 || weights.some((weight) => weight < 0))
    throw new RangeError(
      `${owner} has system prompts whose weights are ${weights.join(", ")}. They must be 0 or more, and add up to 1.`
    )
}

/** The columns that a conversation has by the options. */
export const columnsBy = ({
  endWithUser,
  includeSystemPrompt,
  nTurns,
  onlyInstruction,
  systemPrompt
}: Values): Columns => ({
  ...(onlyInstruction
    ? { instruction: Schema.String }
    : nTurns === 1 && !endWithUser && !includeSystemPrompt
      ? { instruction: Schema.String, response: Schema.String }
      : { conversation: Messages }),
  ...(keyed(systemPrompt) ? { system_prompt_key: Schema.NullOr(Schema.String) } : {})
})

const keyed = (prompts: SystemPrompts | undefined): boolean =>
  typeof prompts === "object" && !Array.isArray(prompts)

const severalTurns =
  "You talk with a user over several turns. Keep to what was said before, and answer each question fully."

/** The columns of a conversation that the model writes. `own` is the row's own system prompt. */
export const conversed = async (
  llm: StepLLM,
  options: Values,
  place: string | number,
  own: string | undefined
): Promise<Row> => {
  const { endWithUser, includeSystemPrompt, nTurns, onlyInstruction, seed, systemPrompt } = options
  const drawn = own === undefined ? drawnPrompt(systemPrompt, seed, place) : { text: own }
  const text = drawn.text ?? (nTurns > 1 && !onlyInstruction ? severalTurns : undefined)
  const system: ReadonlyArray<ChatItem> =
    text === undefined ? [] : [{ role: "system", content: text }]
  const turns: Array<ChatItem> = []
  const next = async (role: "user" | "assistant"): Promise<void> => {
    const { text: content } = await llm.askPromise([...system, ...turns])
    turns.push({ role, content })
  }
  for (let turn = 1; turn <= (onlyInstruction ? 1 : nTurns); turn++) {
    await next("user")
    if (!onlyInstruction && !(endWithUser && turn === nTurns)) await next("assistant")
  }
  const [question, answer] = turns
  const key = keyed(systemPrompt) ? { system_prompt_key: drawn.key ?? null } : {}
  if (onlyInstruction) return { instruction: question!.content, ...key }
  return nTurns === 1 && !endWithUser && !includeSystemPrompt
    ? { instruction: question!.content, response: answer!.content, ...key }
    : { conversation: [...(includeSystemPrompt ? system : []), ...turns], ...key }
}

interface Drawn {
  readonly text?: string
  readonly key?: string
}

/** A system prompt, always the same for the same row and seed. */
const drawnPrompt = (
  prompts: SystemPrompts | undefined,
  seed: number,
  place: string | number
): Drawn => {
  if (prompts === undefined) return {}
  if (typeof prompts === "string") return { text: prompts }
  const all = Object.entries(prompts).map(
    ([key, each]: readonly [string, string | readonly [string, number]]) => ({
      key,
      text: typeof each === "string" ? each : each[0],
      weight: typeof each === "string" ? 1 / Object.keys(prompts).length : each[1]
    })
  )
  let left = share([seed, place, "system prompt"])
  const found = all.find(({ weight }) => {
    left -= weight
    return left < 0
  })
  // Rounding may leave a rest: the last that can come takes it.
  const { key, text } = found ?? all.findLast(({ weight }) => weight > 0)!
  return { text, key }
}
