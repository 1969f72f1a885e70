/** Conversations that a model is to go on with. */
import * as Schema from "effect/Schema"
import { type ChatItem, Messages } from "../../columns/chats.ts"

const isChat = Schema.is(Messages)

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
