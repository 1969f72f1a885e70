/**
 * Chats as Gemini takes them: system messages apart, the assistant under the name of model, images
 * as data or by address.
 */
import type { Content, Part } from "@google/genai"
import { type Chat, type ContentPart, imageData } from "../chat/Chat.ts"
import { systemApart } from "../chat/systemApart.ts"

/** A chat's parts of a request. */
export interface VertexMessages {
  readonly contents: Array<Content>
  readonly systemInstruction?: Content
}

/** Puts a chat in Gemini's shape. */
export const vertexMessages = (chat: Chat): VertexMessages => {
  const { system, turns } = systemApart(chat)
  return {
    contents: turns.map(({ content, role }) => ({
      role: role === "assistant" ? "model" : "user",
      parts: partsOf(content)
    })),
    ...(system.length === 0
      ? {}
      : { systemInstruction: { role: "user", parts: system.flatMap(partsOf) } })
  }
}

const partsOf = (content: string | ReadonlyArray<ContentPart>): Array<Part> =>
  typeof content === "string"
    ? [{ text: content }]
    : content.map((part) =>
        part.type === "text" ? { text: part.text } : imagePart(part.image_url.url)
      )

const imagePart = (url: string): Part => {
  const image = imageData(url)
  if (image !== undefined) return { inlineData: image }
  const extension = /\.(\w+)(?:[?#].*)?$/.exec(url)?.[1]?.toLowerCase() ?? ""
  return { fileData: { fileUri: url, mimeType: mimeTypes[extension] ?? "image/jpeg" } }
}

/** Gemini wants the type named. */
const mimeTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif"
}
