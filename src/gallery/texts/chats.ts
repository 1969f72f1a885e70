/** Conversations in a column. */
import * as Schema from "effect/Schema"
import type { ChatItem } from "../../models/chat/Chat.ts"

const Text = Schema.Struct({ type: Schema.Literal("text"), text: Schema.String })
const Image = Schema.Struct({
  type: Schema.Literal("image_url"),
  image_url: Schema.Struct({ url: Schema.String })
})

const Message: Schema.Codec<ChatItem> = Schema.Struct({
  role: Schema.Literals(["system", "user", "assistant"]),
  content: Schema.Union([Schema.String, Schema.Array(Schema.Union([Text, Image]))])
}).annotate({ identifier: "ChatItem" })

/** Messages, oldest first. */
export const ChatColumn = Schema.Array(Message)

const isChat = Schema.is(ChatColumn)

/** The conversation of a row, if it can be answered. Rows of an open source may hold anything. */
export const checkedChat = (value: unknown, column: string): ReadonlyArray<ChatItem> => {
  if (!isChat(value))
    throw new Error(`'${column}' is no list of messages, each with a role and its content`)
  const last = value.at(-1)
  if (last?.role !== "user")
    throw new Error(
      last === undefined
        ? `'${column}' has no messages`
        : `'${column}' ends with a message of the ${last.role}: the last one must be the user's`
    )
  return value
}
