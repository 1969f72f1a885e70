/** Chats: what a task asks a model, in the shape that every provider's messages are made from. */

import type { ChatItem, ContentPart } from "../../columns/chats.ts"
import type { CallingItem, ToolResultItem } from "./tools.ts"

export type { ChatItem, ContentPart } from "../../columns/chats.ts"

/** One message: of a conversation, or of the calls of tools within an answer. */
export type ChatMessage = ChatItem | CallingItem | ToolResultItem

/** A conversation, oldest message first. */
export type Chat = ReadonlyArray<ChatMessage>

/** The type and the base64 data of an image that a `data:` URL carries. */
export const imageData = (
  url: string
): { readonly mimeType: string; readonly data: string } | undefined => {
  const [, mimeType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? []
  return mimeType === undefined || data === undefined ? undefined : { mimeType, data }
}

/** The parts of a message; a text is one. */
export const contentParts = (content: ChatItem["content"]): ReadonlyArray<ContentPart> =>
  typeof content === "string" ? [{ type: "text", text: content }] : content

/** The text of a message, without its images. */
export const textOf = (content: ChatItem["content"]): string =>
  typeof content === "string"
    ? content
    : content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n")
