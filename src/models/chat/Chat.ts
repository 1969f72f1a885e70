/** Chats: what a task asks a model, in the shape that every provider's messages are made from. */

/** One part of a message: text, or an image by URL (a `data:` URL carries the image itself). */
export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } }

/** One message of a chat. */
export interface ChatItem {
  readonly role: "system" | "user" | "assistant"
  readonly content: string | ReadonlyArray<ContentPart>
}

/** A conversation, oldest message first. */
export type Chat = ReadonlyArray<ChatItem>

/** The type and the base64 data of an image that a `data:` URL carries. */
export const imageData = (
  url: string
): { readonly mimeType: string; readonly data: string } | undefined => {
  const [, mimeType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? []
  return mimeType === undefined || data === undefined ? undefined : { mimeType, data }
}
