import { describe, expect, it } from "vitest"
import { AnthropicLLM, GeminiLLM, MistralLLM, OllamaLLM, OpenAILLM } from "../../src/index.ts"
import type { ContentPart } from "../../src/models/chat/Chat.ts"
import { ask, failure } from "./asking.ts"
import { candidates, completion, json, message, serve } from "./wire.ts"

const pdf: ContentPart = {
  type: "file",
  file: { file_data: "data:application/pdf;base64,UERG", filename: "a.pdf" }
}
const audio: ContentPart = { type: "input_audio", input_audio: { data: "V0FW", format: "wav" } }
const video: ContentPart = { type: "video_url", video_url: { url: "https://example.com/a.mp4" } }
const image: ContentPart = { type: "image_url", image_url: { url: "data:image/png;base64,UE5H" } }

const chatOf = (...parts: ReadonlyArray<ContentPart>) => [
  { role: "user" as const, content: [{ type: "text" as const, text: "What is it?" }, ...parts] }
]

const serving = () =>
  serve(({ path }, response) =>
    json(
      response,
      path.includes("generateContent")
        ? candidates("Hi.")
        : path === "/v1/messages"
          ? message("Hi.")
          : completion("Hi.")
    )
  )

describe("media in a chat", () => {
  it("reach chat completions as they are", async () => {
    await using wire = await serving()
    const llm = OpenAILLM({ model: "m", baseUrl: `${wire.url}/v1`, apiKey: "k" })
    await ask(llm, chatOf(image, audio, video, pdf))
    expect(wire.asked[0]!.body.messages[0]!.content).toEqual([
      { type: "text", text: "What is it?" },
      image,
      audio,
      video,
      pdf
    ])
  })

  it("reach Gemini as data, or by address with their type", async () => {
    await using wire = await serving()
    const llm = GeminiLLM({ model: "m", baseUrl: wire.url, apiKey: "k" })
    await ask(llm, chatOf(audio, video, pdf))
    expect(wire.asked[0]!.body["contents"]).toMatchObject([
      {
        parts: [
          { text: "What is it?" },
          { inlineData: { mimeType: "audio/wav", data: "V0FW" } },
          { fileData: { mimeType: "video/mp4", fileUri: "https://example.com/a.mp4" } },
          { inlineData: { mimeType: "application/pdf", data: "UERG" } }
        ]
      }
    ])
  })

  it("reach Anthropic and Mistral in their own words, where they take them", async () => {
    await using wire = await serving()
    await ask(AnthropicLLM({ model: "m", baseUrl: wire.url, apiKey: "k" }), chatOf(pdf))
    expect(wire.asked[0]!.body.messages[0]!.content).toEqual([
      { type: "text", text: "What is it?" },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: "UERG" }
      }
    ])
    await ask(
      MistralLLM({ model: "m", endpoint: wire.url, apiKey: "k" }),
      chatOf(image, audio, pdf)
    )
    expect(wire.asked[1]!.body.messages[0]!.content).toEqual([
      { type: "text", text: "What is it?" },
      image,
      { type: "input_audio", input_audio: "V0FW" },
      { type: "document_url", document_url: "data:application/pdf;base64,UERG" }
    ])
  })

  it("are refused by name where a provider has no place for them, and nothing is sent", async () => {
    await using wire = await serving()
    const models = [
      [
        AnthropicLLM({ model: "m", baseUrl: wire.url, apiKey: "k" }),
        video,
        "Anthropic takes no video"
      ],
      [
        MistralLLM({ model: "m", endpoint: wire.url, apiKey: "k" }),
        video,
        "Mistral takes no video"
      ],
      [OllamaLLM({ model: "m", host: wire.url, preflight: false }), audio, "Ollama takes no audio"]
    ] as const
    for (const [llm, part, says] of models)
      expect(await failure(llm, chatOf(part))).toMatchObject({
        reason: "InvalidRequest",
        detail: expect.stringContaining(says)
      })
    expect(wire.asked).toHaveLength(0)
  })
})
