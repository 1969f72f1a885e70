import { afterEach, describe, expect, it, vi } from "vitest"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { GeminiLLM } from "../../src/models/gemini/GeminiLLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, at, failure } from "./asking.ts"
import { candidates, json, serve } from "./wire.ts"

afterEach(() => vi.unstubAllEnvs())

describe("a GeminiLLM", () => {
  it("asks Google's own API with its key, whatever the environment says of Vertex AI", async () => {
    vi.stubEnv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "my-project")
    await using wire = await serve((_, response) => json(response, candidates("Hi.")))
    const llm = GeminiLLM({
      model: "gemini-2.5-flash",
      baseUrl: `${wire.url}/v1beta/`,
      apiKey: "its-key",
      defaultHeaders: { "x-team": "rivers" },
      generationKwargs: { maxNewTokens: 9, topK: 3 }
    })
    await ask(llm, [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" }
    ])
    expect(wire.asked[0]).toMatchObject({
      path: "/v1beta/models/gemini-2.5-flash:generateContent",
      headers: { "x-goog-api-key": "its-key", "x-team": "rivers" },
      body: {
        systemInstruction: { parts: [{ text: "Be brief." }] },
        contents: [{ role: "user", parts: [{ text: "Hi" }] }],
        generationConfig: { maxOutputTokens: 9, topK: 3 }
      }
    })
    expect(wire.asked[0]?.headers.authorization).toBeUndefined()
  })

  it("takes its key and address from the environment, and says what is missing", async () => {
    await using wire = await serve((_, response) => json(response, candidates("Hi.")))
    vi.stubEnv("GEMINI_API_KEY", "from-the-environment")
    vi.stubEnv("GOOGLE_GEMINI_BASE_URL", wire.url)
    await ask(GeminiLLM({ model: "m" }), "Hi")
    expect(wire.asked[0]?.headers["x-goog-api-key"]).toBe("from-the-environment")
    vi.unstubAllEnvs()
    vi.stubEnv("GEMINI_API_KEY", undefined)
    expect(await failure(GeminiLLM({ model: "m" }))).toMatchObject({
      reason: "MissingApiKey",
      fix: "Set GEMINI_API_KEY or option apiKey."
    })
  })

  it("names a model that is there in place of one that is not", async () => {
    await using simulator = await startSimulator({ models: ["gemini-2.5-flash"] })
    expect(
      await failure(at.gemini(simulator.geminiUrl, { model: "gemini-2.5-flsh" }))
    ).toMatchObject({
      reason: "ModelNotFound",
      fix: expect.stringContaining("Did you mean 'gemini-2.5-flash'?")
    })
  })

  it("costs what Google's list says", () => {
    const llm = GeminiLLM({ model: "gemini-2.5-flash", apiKey: "k" })
    expect(pricesOf([llm]).get(llm)?.({ inputTokens: 1_000_000, outputTokens: 0 })).toBeGreaterThan(
      0
    )
  })
})
