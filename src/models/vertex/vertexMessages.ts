/**
 * Chats as Gemini takes them: system messages apart, the assistant under the name of model, media
 * as data or by address.
 */
import type { Content, Part } from "@google/genai"
import { type Chat, contentParts, type ContentPart } from "../chat/Chat.ts"
import { type Media, mediaOf } from "../chat/media.ts"
import { type PartsOf, partTurns } from "../chat/partTurns.ts"
import { systemApart } from "../chat/systemApart.ts"
import { argumentsOf } from "../chat/tools.ts"

/** A chat's parts of a request. */
export interface VertexMessages {
  readonly contents: Array<Content>
  readonly systemInstruction?: Content
}

/** Puts a chat in Gemini's shape. */
export const vertexMessages = (chat: Chat): VertexMessages => {
  const { system, turns } = systemApart(chat)
  return {
    contents: partTurns(turns, partsOf).map(({ parts, role }) => ({
      role: role === "assistant" ? "model" : "user",
      parts
    })),
    ...(system.length === 0
      ? {}
      : {
          systemInstruction: {
            role: "user",
            parts: system.flatMap(contentParts).map(saidPart)
          }
        })
  }
}

/** Gemini wants back what it signed its thoughts with: it travels with the id of the call. */
export const signatureMark = "#signature:"

const saidPart = (part: ContentPart): Part =>
  part.type === "text" ? { text: part.text } : mediaPart(mediaOf(part))

const partsOf: PartsOf<Part> = {
  said: saidPart,
  called: (call) => {
    const [id, thoughtSignature] = call.id.split(signatureMark)
    return {
      functionCall: { id: id!, name: call.name, args: argumentsOf(call) },
      ...(thoughtSignature === undefined ? {} : { thoughtSignature })
    }
  },
  gave: ({ content, name, tool_call_id }) => ({
    functionResponse: {
      id: tool_call_id.split(signatureMark)[0]!,
      name,
      response: { output: content }
    }
  })
}

const mediaPart = ({ inline, kind, url }: Media): Part => {
  if (inline !== undefined) return { inlineData: inline }
  const extension = /\.(\w+)(?:[?#].*)?$/.exec(url)?.[1]?.toLowerCase() ?? ""
  return { fileData: { fileUri: url, mimeType: mimeTypes[extension] ?? usualTypes[kind] } }
}

/** Gemini wants the type named. */
const mimeTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  mov: "video/mov",
  webm: "video/webm",
  mp3: "audio/mp3",
  pdf: "application/pdf"
}

const usualTypes: Readonly<Record<Media["kind"], string>> = {
  image: "image/jpeg",
  video: "video/mp4",
  audio: "audio/wav",
  file: "application/pdf"
}
