/** Chats for providers that take system messages apart from the others. */
import { type Chat, type ChatItem, contentParts, type ContentPart, textOf } from "./Chat.ts"

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

/** System messages as one text; as parts of text where the only one has such, marked or not. */
export const systemIn = (
  system: ReadonlyArray<ChatItem["content"]>
): string | ReadonlyArray<ContentPart> | undefined => {
  const [only, ...others] = system
  return others.length === 0 && typeof only === "object"
    ? only.filter(({ type }) => type === "text")
    : system.map(textOf).join("\n\n") || undefined
}
