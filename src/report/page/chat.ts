/** Chats in rows: lists of messages with a role and a content. */

export interface Message {
  readonly role: string
  readonly content: unknown
}

export const isChat = (value: unknown): value is ReadonlyArray<Message> =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(
    (item: unknown) =>
      typeof item === "object" &&
      item !== null &&
      "role" in item &&
      "content" in item &&
      typeof item.role === "string"
  )

/** A part of a message: text, or a picture that the row itself holds; of others only what they are. */
export type Part = { readonly text: string } | { readonly image: string }

export const partsOf = (content: unknown): ReadonlyArray<Part> => {
  if (typeof content === "string") return [{ text: content }]
  if (content === null || content === undefined) return []
  if (!Array.isArray(content)) return [{ text: JSON.stringify(content, undefined, 2) }]
  return content.map((part: unknown): Part => {
    const {
      file,
      image_url: image,
      input_audio: audio,
      text,
      video_url: video
    } = (typeof part === "object" && part !== null ? part : {}) as Readonly<Record<string, unknown>>
    // Their data is nothing to look at.
    if (audio !== undefined) return { text: "[audio]" }
    if (video !== undefined) return { text: "[video]" }
    if (file !== undefined) return { text: "[file]" }
    if (typeof text === "string") return { text }
    const url = typeof image === "object" && image !== null && "url" in image ? image.url : image
    if (typeof url === "string")
      return url.startsWith("data:image/")
        ? { image: url }
        : { text: `[image: ${url.slice(0, 200)}]` }
    return { text: JSON.stringify(part, undefined, 2) }
  })
}
