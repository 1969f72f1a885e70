/**
 * Local media: parts of a chat that name a file, as `file:images/cat.png`. Rows are data, so a file
 * is read only below a folder that the task opens to them, and sent only as what its bytes are.
 */
import { readFile, realpath, stat } from "node:fs/promises"
import { resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"
import type { ContentPart } from "../columns/chats.ts"
import type { Chat, ChatMessage } from "../models/chat/Chat.ts"
import { mediaOf } from "../models/chat/media.ts"

type MediaPart = Exclude<ContentPart, { readonly type: "text" }>

/** What a part names a file by: `file:` and a path. */
const scheme = "file:"

/** A provider takes less than that, and a text holds little more. */
const mostBytes = 100_000_000

/** The address of a file for a part of a chat. */
export const fileAddress = (path: string): string =>
  scheme + path.split("/").map(encodeURIComponent).join("/")

/** The chat with the content of the files that it names; the chat itself where it names none. */
export const withLocalMedia = (chat: Chat, folder: string | undefined): Chat | Promise<Chat> =>
  chat.some(({ content }) => typeof content !== "string" && content.some(isLocal))
    ? Promise.all(chat.map((message) => loaded(message, folder)))
    : chat

const isLocal = (part: ContentPart): boolean => part.type !== "text" && pathOf(part) !== undefined

/** The path that a part names; undefined where it names none. */
const pathOf = (part: MediaPart): string | undefined => {
  const address = part.type === "input_audio" ? part.input_audio.data : mediaOf(part).url
  if (!address.startsWith(scheme)) return undefined
  return address.startsWith(`${scheme}//`)
    ? fileURLToPath(address)
    : decodeURIComponent(address.slice(scheme.length))
}

const loaded = async (message: ChatMessage, folder: string | undefined): Promise<ChatMessage> =>
  typeof message.content === "string"
    ? message
    : ({
        ...message,
        content: await Promise.all(
          message.content.map(async (part) => {
            const path = part.type === "text" ? undefined : pathOf(part)
            return path === undefined ? part : withContent(part as MediaPart, path, folder)
          })
        )
      } as ChatMessage)

const withContent = async (
  part: MediaPart,
  path: string,
  folder: string | undefined
): Promise<MediaPart> => {
  if (folder === undefined)
    throw new Error(
      `the chat names the file '${path}'. Say below which folder files may be read by the task's option mediaFolder`
    )
  const bytes = await read(path, folder)
  const kind = mediaOf(part).kind
  const type = typeIn(bytes, kind)
  if (type === undefined)
    throw new Error(`the file '${path}' is not ${wanted[kind]}, by what it holds`)
  const data = bytes.toString("base64")
  const url = `data:${type};base64,${data}`
  switch (part.type) {
    case "image_url":
      return { ...part, image_url: { ...part.image_url, url } }
    case "video_url":
      return { ...part, video_url: { ...part.video_url, url } }
    case "input_audio":
      return { ...part, input_audio: { data, format: type.replace("audio/", "") } }
    case "file":
      return { ...part, file: { ...part.file, file_data: url } }
  }
}

/** The bytes of a file below a folder, wherever links lead. */
const read = async (path: string, folder: string): Promise<Buffer> => {
  const root = await realpath(folder).catch(() => {
    throw new Error(`option mediaFolder is '${folder}', which is not a folder that can be read`)
  })
  const target = await realpath(resolve(root, path)).catch(() => {
    throw new Error(`the file '${path}' is not in '${folder}', or cannot be read`)
  })
  if (!target.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new Error(
      `the file '${path}' is outside of '${folder}', below which option mediaFolder has files read`
    )
  const found = await stat(target)
  if (!found.isFile()) throw new Error(`'${path}' is not a file`)
  if (found.size > mostBytes)
    throw new Error(`the file '${path}' has ${found.size} bytes, more than ${mostBytes}`)
  return readFile(target)
}

type Kind = ReturnType<typeof mediaOf>["kind"]

const wanted: Readonly<Record<Kind, string>> = {
  image: "an image (PNG, JPEG, GIF, WebP)",
  video: "a video (MP4, WebM)",
  audio: "audio (WAV, MP3, FLAC, Ogg)",
  file: "a PDF"
}

/** How files of a type begin, and where, in Latin 1. */
const beginnings: Readonly<Record<Kind, ReadonlyArray<readonly [RegExp, string]>>> = {
  image: [
    [/^\x89PNG\r\n\x1a\n/, "image/png"],
    [/^\xff\xd8\xff/, "image/jpeg"],
    [/^GIF8/, "image/gif"],
    [/^RIFF.{4}WEBP/s, "image/webp"]
  ],
  video: [
    [/^.{4}ftyp/s, "video/mp4"],
    [/^\x1a\x45\xdf\xa3/, "video/webm"]
  ],
  audio: [
    [/^RIFF.{4}WAVE/s, "audio/wav"],
    [/^(?:ID3|\xff[\xe2-\xff])/, "audio/mp3"],
    [/^fLaC/, "audio/flac"],
    [/^OggS/, "audio/ogg"]
  ],
  file: [[/^%PDF-/, "application/pdf"]]
}

/** What bytes of a kind are; undefined where they are nothing of it that models take. */
export const typeIn = (bytes: Buffer, kind: Kind): string | undefined => {
  const beginning = bytes.subarray(0, 16).toString("latin1")
  return beginnings[kind].find(([begins]) => begins.test(beginning))?.[1]
}
