/** Media in chats, whatever kind of part carries them: what they are, and where. */
import type { ContentPart } from "../../columns/chats.ts"
import { contentParts, imageData } from "./Chat.ts"

export interface Media {
  readonly kind: "image" | "audio" | "video" | "file"
  /** Where it is; a `data:` URL carries it. */
  readonly url: string
  /** Its type and its base64 data, where it is carried along. */
  readonly inline: { readonly mimeType: string; readonly data: string } | undefined
}

type MediaPart = Exclude<ContentPart, { readonly type: "text" }>

export const mediaOf = (part: MediaPart): Media => {
  const [kind, url] = placeOf(part)
  return { kind, url, inline: imageData(url) }
}

/** The media of a message. */
export const mediaIn = (content: string | ReadonlyArray<ContentPart>): ReadonlyArray<Media> =>
  contentParts(content).flatMap((part) => (part.type === "text" ? [] : [mediaOf(part)]))

const placeOf = (part: MediaPart): readonly [Media["kind"], string] => {
  switch (part.type) {
    case "image_url":
      return ["image", part.image_url.url]
    case "video_url":
      return ["video", part.video_url.url]
    case "input_audio":
      return ["audio", `data:audio/${part.input_audio.format};base64,${part.input_audio.data}`]
    case "file":
      return ["file", part.file.file_data]
  }
}
