/** Chats for providers that take system messages apart from the others. */
import { type Chat, type ChatItem, contentParts } from "./Chat.ts"

/**
 * A chat's system messages, and its turns. A chat of system messages alone is asked as the user's:
 * a request without turns is none.
 */
export const systemApart = (
  chat: Chat
): { readonly system: ReadonlyArray<ChatItem["content"]>; readonly turns: Chat } => {
  const system = chat.filter(({ role }) => role === "system").map(({ content }) => content)
  const turns = chat.filter(({ role }) => role !== "system")
  if (turns.length > 0) return { system, turns }
  const [only, ...others] = system
  const content = others.length === 0 && only !== undefined ? only : system.flatMap(contentParts)
  return { system: [], turns: [{ role: "user", content }] }
}
