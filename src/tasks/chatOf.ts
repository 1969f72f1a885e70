/** What a prompt's function returns, as the chat that the model is sent. */
import * as Effect from "effect/Effect"
import type { Chat } from "../models/chat/Chat.ts"
import { settled, type Working } from "./Working.ts"

/** The chat: a text becomes what the user says, after the system prompt if there is one. */
export const chatOf = (asked: Working<string | Chat>, systemPrompt?: string): Working<Chat> => {
  const whole = (said: string | Chat): Chat =>
    typeof said === "string"
      ? [
          ...(systemPrompt === undefined
            ? []
            : [{ role: "system" as const, content: systemPrompt }]),
          { role: "user", content: said }
        ]
      : said
  return typeof asked === "string"
    ? whole(asked)
    : Effect.map(
        settled(() => asked),
        whole
      )
}
