/** Chats that can be asked: an empty question is not sent, since its answer would be paid for. */
import type { Chat } from "./Chat.ts"

/** The chat. Throws if its question is empty: a model asks back then. */
export const askable = (messages: Chat): Chat => {
  const last = messages.at(-1)
  if (last === undefined) throw new Error("the chat has no messages")
  if (last.role === "user" && isBlank(last.content)) throw new Error("the prompt is empty")
  return messages
}

const isBlank = (content: Chat[number]["content"]): boolean =>
  typeof content === "string"
    ? content.trim() === ""
    : content.every((part) => part.type === "text" && part.text.trim() === "")
