/** Chats as turns of parts. */
import { describe, expect, it } from "vitest"
import type { Chat } from "../../src/models/chat/Chat.ts"
import { partTurns } from "../../src/models/chat/partTurns.ts"

const words = {
  said: (part: { readonly type: string; readonly text?: string }) =>
    `said ${part.text ?? part.type}`,
  called: ({ name }: { readonly name: string }) => `called ${name}`,
  gave: ({ content }: { readonly content: string }) => `gave ${content}`
}
const call = (id: string, name: string) => ({ id, name, arguments: "{}" })
const result = (tool_call_id: string, name: string, content: string) =>
  ({ role: "tool", tool_call_id, name, content }) as const

describe("a chat as turns of parts", () => {
  it("puts all that the calls of a turn gave into one turn of the user's", () => {
    const chat: Chat = [
      { role: "user", content: "Compare." },
      { role: "assistant", content: " ", tool_calls: [call("1", "rain"), call("2", "wind")] },
      result("1", "rain", "wet"),
      result("2", "wind", "calm"),
      { role: "assistant", content: "Again.", tool_calls: [call("3", "sun")] },
      result("3", "sun", "none")
    ]
    expect(partTurns(chat, words)).toEqual([
      { role: "user", parts: ["said Compare."] },
      { role: "assistant", parts: ["called rain", "called wind"] },
      { role: "user", parts: ["gave wet", "gave calm"] },
      { role: "assistant", parts: ["said Again.", "called sun"] },
      { role: "user", parts: ["gave none"] }
    ])
  })

  it("keeps images, and an empty text that stands alone", () => {
    const image = { type: "image_url", image_url: { url: "https://x.test/a.png" } } as const
    expect(
      partTurns(
        [
          { role: "user", content: [{ type: "text", text: "What?" }, image] },
          { role: "assistant", content: "" }
        ],
        words
      )
    ).toEqual([
      { role: "user", parts: ["said What?", "said image_url"] },
      { role: "assistant", parts: ["said "] }
    ])
  })
})
