/**
 * Chats as Gemini takes them: system messages apart, the assistant under the name of model, images
 * as data or by address.
 */
import type { Content, Part } from "@google/genai"
import { type Chat, type ContentPart, imageData } from "../chat/Chat.ts"
import { systemApart } from "../chat/systemApart.ts"
import { argumentsOf, type CallingItem } from "../chat/tools.ts"

/** A chat's parts of a request. */
export interface VertexMessages {
  readonly contents: Array<Content>
  readonly systemInstruction?: Content
}

/** Puts a chat in Gemini's shape. */
export const vertexMessages = (chat: Chat): VertexMessages => {
  const { system, turns } = systemApart(chat)
  return {
    contents: contentsOf(turns),
    ...(system.length === 0
      ? {}
      : { systemInstruction: { role: "user", parts: system.flatMap(partsOf) } })
  }
}

/** What calls of one turn gave is one turn of the user's. */
const contentsOf = (turns: Chat): Array<Content> => {
  const contents: Array<Content & { parts: Array<Part> }> = []
  for (const turn of turns) {
    if (turn.role === "tool") {
      const part = {
        functionResponse: {
          id: turn.tool_call_id.split(signatureMark)[0]!,
          name: turn.name,
          response: { output: turn.content }
        }
      }
      const before = contents.at(-1)
      if (before?.parts.every((each) => each.functionResponse !== undefined) === true)
        before.parts.push(part)
      else contents.push({ role: "user", parts: [part] })
    } else
      contents.push({
        role: turn.role === "assistant" ? "model" : "user",
        parts: "tool_calls" in turn ? callingParts(turn) : partsOf(turn.content)
      })
  }
  return contents
}

const callingParts = ({ content, tool_calls }: CallingItem): Array<Part> => [
  ...(content === "" ? [] : [{ text: content }]),
  ...tool_calls.map((call) => {
    const [id, thoughtSignature] = call.id.split(signatureMark)
    return {
      functionCall: { id: id!, name: call.name, args: argumentsOf(call) },
      ...(thoughtSignature === undefined ? {} : { thoughtSignature })
    }
  })
]

/** Gemini wants back what it signed its thoughts with: it travels with the id of the call. */
export const signatureMark = "#signature:"

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
