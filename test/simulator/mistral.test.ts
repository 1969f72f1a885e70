import { afterAll, describe, expect, it } from "vitest"
import { startSimulator } from "../../src/simulator/index.ts"
import { failureOf, mistral } from "./clients.ts"

const simulator = await startSimulator({ models: ["model-a"] })
afterAll(() => simulator.close())
const client = mistral(simulator)

describe("Mistral's client", () => {
  it("accepts the answers, which it validates", async () => {
    const completion = await client.chat.complete({
      model: "model-a",
      n: 3,
      maxTokens: 2000,
      randomSeed: 5,
      messages: [
        { role: "system", content: "You are a baker." },
        {
          role: "user",
          content: [
            { type: "text", text: "Why does sourdough rise?" },
            { type: "image_url", imageUrl: "https://example.org/loaf.png" }
          ]
        }
      ]
    })
    expect(new Set(completion.choices.map((choice) => choice.message?.content)).size).toBe(3)
    expect(completion.choices.every((choice) => choice.finishReason === "stop")).toBe(true)
    expect(completion.usage.totalTokens).toBe(
      (completion.usage.promptTokens ?? 0) + (completion.usage.completionTokens ?? 0)
    )
  })

  it("gets the same answer as OpenAI's client would: the protocol decides nothing", async () => {
    const completion = await client.chat.complete({
      model: "model-a",
      messages: [{ role: "user", content: "Why does sourdough rise?" }]
    })
    const raw = await fetch(`${simulator.openaiBaseUrl}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({
        model: "model-a",
        messages: [{ role: "user", content: "Why does sourdough rise?" }]
      })
    })
    const body = (await raw.json()) as { choices: Array<{ message: { content: string } }> }
    expect(completion.choices[0]?.message?.content).toBe(body.choices[0]?.message.content)
  })

  it("is cut off at the token limit", async () => {
    const completion = await client.chat.complete({
      model: "model-a",
      maxTokens: 5,
      messages: [{ role: "user", content: "Why does sourdough rise?" }]
    })
    expect(completion.choices[0]?.finishReason).toBe("length")
    expect(completion.usage.completionTokens).toBe(5)
  })

  it("can list the models and look one up", async () => {
    expect((await client.models.list()).data).toMatchObject([{ id: "model-a", type: "base" }])
    expect(await client.models.retrieve({ modelId: "model-a" })).toMatchObject({
      id: "model-a",
      type: "base"
    })
  })

  it("gets 404 in Mistral's shape for a model that does not exist", async () => {
    const error = await failureOf(
      client.chat.complete({ model: "model-x", messages: [{ role: "user", content: "Hi" }] })
    )
    expect(error["statusCode"]).toBe(404)
    expect(JSON.parse(String(error["body"]))).toMatchObject({
      object: "error",
      type: "invalid_model",
      code: "1500"
    })
    expect((await failureOf(client.models.retrieve({ modelId: "model-x" })))["statusCode"]).toBe(
      404
    )
  })
})
