/** Messages that training formats are made of. */
import { createHash } from "node:crypto"
import type { ChatItem } from "../../columns/chats.ts"
import { textOf } from "../values/texts.ts"

/** The question: what the model is told, if anything, and what the user says. */
export const question = (instruction: string, systemPrompt: unknown): ReadonlyArray<ChatItem> => [
  ...(typeof systemPrompt === "string" && systemPrompt !== ""
    ? [{ role: "system" as const, content: systemPrompt }]
    : []),
  { role: "user", content: instruction }
]

/** Messages with an answer to them. */
export const answeredWith = (
  messages: ReadonlyArray<ChatItem>,
  answer: string
): ReadonlyArray<ChatItem> => [...messages, { role: "assistant", content: answer }]

/** The prompt of a row and its id, by which rows of one prompt are found. */
export const promptColumns = (prompt: string) => ({
  prompt,
  prompt_id: createHash("sha256").update(prompt).digest("hex")
})

/** What the user said first. Throws if the user said nothing. */
export const firstOfUser = (messages: unknown): string => {
  const first = Array.isArray(messages)
    ? (messages as ReadonlyArray<ChatItem>).find(({ role }) => role === "user")
    : undefined
  if (first === undefined) throw new Error("'messages' has no message of the user")
  return textOf(first.content, "messages")
}
