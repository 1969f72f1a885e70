/**
 * What requests of a step begin with, for providers that keep a beginning where they are told to:
 * tools, system messages, and the text that the first question of every row begins with.
 */
import { type Chat, type ChatItem, contentParts, textOf } from "../chat/Chat.ts"
import type { GenerateRequest } from "../chat/LLM.ts"
import { isLongPrompt } from "../chat/longPrompts.ts"

/** A question's own beginning is told apart if it is at least as long. */
const worthParting = 1000

/**
 * The request with a mark, such as `{ cache_control: … }`, on the last part of its beginning that
 * is the same for all rows; as it is where that is too short to be kept.
 */
export const keptPrefix = (request: GenerateRequest, mark: object): GenerateRequest => {
  const { fixed = "", messages, tools = [] } = request
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content)
  const before =
    (tools.length === 0 ? 0 : JSON.stringify(tools).length) +
    system.reduce((sum, content) => sum + textOf(content).length, 0)
  const parted = partedAt(messages, fixed, mark)
  if (parted !== undefined && isLongPrompt(before + parted.length))
    return { ...request, messages: parted.messages }
  if (!isLongPrompt(before)) return request
  const last = tools.at(-1)
  if (system.length > 0) return { ...request, messages: withMarkedSystem(messages, mark) }
  return last === undefined
    ? request
    : { ...request, tools: [...tools.slice(0, -1), { ...last, ...mark }] }
}

/** The chat whose first question is parted where what all rows share ends, after a word. */
const partedAt = (
  messages: Chat,
  fixed: string,
  mark: object
): { readonly messages: Chat; readonly length: number } | undefined => {
  const length = Math.max(fixed.lastIndexOf("\n"), fixed.lastIndexOf(" ")) + 1
  const at = messages.findIndex(({ role }) => role === "user")
  const question = messages[at]
  if (question === undefined || length < worthParting) return undefined
  const [first, ...others] = contentParts(question.content)
  if (first?.type !== "text" || !first.text.startsWith(fixed)) return undefined
  const [shared, own] = [first.text.slice(0, length), first.text.slice(length)]
  if (own.trim() === "") return undefined
  const content = [{ ...first, text: shared, ...mark }, { ...first, text: own }, ...others]
  // One cast: a question is no call.
  return { length, messages: messages.with(at, { ...question, content } as ChatItem) }
}

/** The chat with one system message, which is marked. */
const withMarkedSystem = (messages: Chat, mark: object): Chat => {
  const [systems, turns] = [
    messages.filter(({ role }) => role === "system"),
    messages.filter(({ role }) => role !== "system")
  ]
  const text = systems.map(({ content }) => textOf(content)).join("\n\n")
  return [{ role: "system", content: [{ type: "text", text, ...mark }] }, ...turns]
}
