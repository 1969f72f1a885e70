/** Conversations: what a column of messages holds. */
import * as Schema from "effect/Schema"

/** One part of a message: text, or an image by URL (a `data:` URL carries the image itself). */
export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } }

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

const Message: Schema.Codec<ChatItem> = Schema.Struct({
  role: Schema.Literals(["system", "user", "assistant"]),
  content: Schema.Union([Schema.String, Schema.Array(Schema.Union([Text, Image]))])
})

/** Messages, oldest first. */
export const Messages = Schema.Array(Message)
