/** Chats that can be asked: an empty question is not sent, since its answer would be paid for. */
import type { Chat } from "./Chat.ts"

/**
 * The chat. Throws if its question is empty: a model asks back then. A model that writes the user's
 * turns needs no question.
 */
export const askable = (messages: Chat, writesUserTurns = false): Chat => {
  const last = messages.at(-1)
  if (writesUserTurns && last?.role !== "user") return messages
  if (last === undefined) throw new Error("the chat has no messages")
  if (last.role === "user" && isBlank(last.content)) throw new Error("the prompt is empty")
  return messages
}

const isBlank = (content: Chat[number]["content"]): boolean =>
  typeof content === "string"
    ? content.trim() === ""
    : content.every((part) => part.type === "text" && part.text.trim() === "")
