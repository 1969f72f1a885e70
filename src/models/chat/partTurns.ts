/**
 * Chats as turns of parts, for APIs in which calls of tools and what they gave are parts, too: all
 * that calls of one turn gave is one turn of the user's.
 */
import { type Chat, contentParts, type ContentPart } from "./Chat.ts"
import type { ToolCall, ToolResultItem } from "./tools.ts"

/** How an API writes parts. */
export interface PartsOf<Part> {
  readonly said: (part: ContentPart) => Part
  readonly called: (call: ToolCall) => Part
  readonly gave: (result: ToolResultItem) => Part
}

export interface PartTurn<Part> {
  readonly role: "user" | "assistant"
  readonly parts: Array<Part>
}

/** The turns of a chat without system messages. A text that is empty beside calls is left out. */
export const partTurns = <Part>(
  chat: Chat,
  { called, gave, said }: PartsOf<Part>
): Array<PartTurn<Part>> => {
  const turns: Array<PartTurn<Part>> = []
  let results: Array<Part> | undefined
  for (const message of chat) {
    if (message.role === "tool") {
      if (results === undefined) turns.push({ role: "user", parts: (results = []) })
      results.push(gave(message))
      continue
    }
    results = undefined
    const { content } = message
    const calls = "tool_calls" in message ? message.tool_calls : []
    const isSilent = calls.length > 0 && typeof content === "string" && content.trim() === ""
    turns.push({
      role: message.role === "assistant" ? "assistant" : "user",
      parts: [...(isSilent ? [] : contentParts(content).map(said)), ...calls.map(called)]
    })
  }
  return turns
}
