import { afterAll, describe, expect, it } from "vitest"
import { startSimulator } from "../../src/simulator/index.ts"
import { failureOf, vertex } from "./clients.ts"

const simulator = await startSimulator({ models: ["gemini-a"] })
afterAll(() => simulator.close())
const client = vertex(simulator)

describe("Google's client in Vertex mode", () => {
  it("gets candidates with usage that adds up", async () => {
    const response = await client.models.generateContent({
      model: "gemini-a",
      contents: [
        { role: "user", parts: [{ text: "Hello." }] },
        { role: "model", parts: [{ text: "Hello, how can I help?" }] },
        {
          role: "user",
          parts: [
            { text: "How do glaciers move?" },
            { inlineData: { mimeType: "image/png", data: "AAAA" } }
          ]
        }
      ],
      config: { candidateCount: 2, seed: 3, systemInstruction: "You are a geographer." }
    })
    expect(response.candidates?.map((candidate) => candidate.finishReason)).toEqual([
      "STOP",
      "STOP"
    ])
    const texts = response.candidates?.map((candidate) => candidate.content?.parts?.[0]?.text)
    expect(texts?.[0]).toMatch(/glaciers/i)
    expect(texts?.[0]).not.toBe(texts?.[1])
    const usage = response.usageMetadata
    expect(usage?.totalTokenCount).toBe(
      (usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0)
    )
    expect(response.modelVersion).toBe("gemini-a")
    expect(simulator.log().at(-1)).toMatchObject({
      route: "generateContent",
      model: "gemini-a",
      prompt: "How do glaciers move?"
    })
  })

  it("is cut off at the token limit with MAX_TOKENS", async () => {
    const response = await client.models.generateContent({
      model: "gemini-a",
      contents: "How do glaciers move?",
      config: { maxOutputTokens: 6 }
    })
    expect(response.candidates?.[0]?.finishReason).toBe("MAX_TOKENS")
    expect(response.usageMetadata?.candidatesTokenCount).toBe(6)
  })

  it("can use the v1 API as well as v1beta1", async () => {
    const response = await client.models.generateContent({
      model: "gemini-a",
      contents: "How do glaciers move?",
      config: { httpOptions: { apiVersion: "v1" } }
    })
    expect(response.text).toBeTruthy()
  })

  it("can look a model up", async () => {
    expect((await client.models.get({ model: "gemini-a" })).name).toBe(
      "publishers/google/models/gemini-a"
    )
  })

  it("gets 404 in Google's shape for a model that does not exist", async () => {
    const error = await failureOf(
      client.models.generateContent({ model: "gemini-x", contents: "Hi" })
    )
    expect(error["status"]).toBe(404)
    expect(JSON.parse(error.message)).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } })
    expect((await failureOf(client.models.get({ model: "gemini-x" })))["status"]).toBe(404)
  })
})
