/** Conversations: what a column of messages holds. */
import * as Schema from "effect/Schema"

/**
 * One part of a message: text; an image or a video by URL (a `data:` URL carries it itself); audio
 * as base64 with its format, such as `wav`; a file, such as a PDF, as a `data:` URL. Which of them
 * a model takes is up to its provider.
 */
export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } }
  | { readonly type: "video_url"; readonly video_url: { readonly url: string } }
  | {
      readonly type: "input_audio"
      readonly input_audio: { readonly data: string; readonly format: string }
    }
  | {
      readonly type: "file"
      readonly file: { readonly file_data: string; readonly filename?: string }
    }

/** One message of a chat. */
export interface ChatItem {
  readonly role: "system" | "user" | "assistant"
  readonly content: string | ReadonlyArray<ContentPart>
}

const Text = Schema.Struct({ type: Schema.Literal("text"), text: Schema.String })
const Image = Schema.Struct({
  type: Schema.Literal("image_url"),
  image_url: Schema.Struct({ url: Schema.String })
})

const Video = Schema.Struct({
  type: Schema.Literal("video_url"),
  video_url: Schema.Struct({ url: Schema.String })
})
const Audio = Schema.Struct({
  type: Schema.Literal("input_audio"),
  input_audio: Schema.Struct({ data: Schema.String, format: Schema.String })
})
const File = Schema.Struct({
  type: Schema.Literal("file"),
  file: Schema.Struct({
    file_data: Schema.String,
    filename: Schema.optionalKey(Schema.String)
  })
})

const Message: Schema.Codec<ChatItem> = Schema.Struct({
  role: Schema.Literals(["system", "user", "assistant"]),
  content: Schema.Union([
    Schema.String,
    Schema.Array(Schema.Union([Text, Image, Video, Audio, File]))
  ])
})

/** Messages, oldest first. */
export const Messages = Schema.Array(Message)
