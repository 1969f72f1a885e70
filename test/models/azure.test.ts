import { afterEach, describe, expect, it, vi } from "vitest"
import { AzureOpenAILLM } from "../../src/models/azure/AzureOpenAILLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, failure } from "./asking.ts"
import { completion, json, serve } from "./wire.ts"

afterEach(() => vi.unstubAllEnvs())

describe("an AzureOpenAILLM", () => {
  it("asks its deployment, with key and version where Azure wants them", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    const llm = AzureOpenAILLM({
      model: "my-gpt",
      baseUrl: `${wire.url}/openai/v1/`,
      apiKey: "its-key",
      apiVersion: "2025-01-01-preview",
      generationKwargs: { maxNewTokens: 9 }
    })
    await ask(llm, "Hi")
    const [asked] = wire.asked
    expect(asked!.path).toBe(
      "/openai/deployments/my-gpt/chat/completions?api-version=2025-01-01-preview"
    )
    expect(asked!.headers["api-key"]).toBe("its-key")
    expect(asked!.body).toEqual({
      model: "my-gpt",
      messages: [{ role: "user", content: "Hi" }],
      max_completion_tokens: 9
    })
  })

  it("signs each request with a token of Entra ID where a function fetches one", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    let fetched = 0
    const llm = AzureOpenAILLM({
      model: "my-gpt",
      baseUrl: wire.url,
      azureAdTokenProvider: async () => `token-${++fetched}`
    })
    await ask(llm, "Hi")
    expect(wire.asked[0]!.headers.authorization).toBe(`Bearer token-${fetched}`)
    expect(wire.asked[0]!.headers["api-key"]).toBeUndefined()
  })

  it("takes endpoint, key and version from Azure's variables", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    vi.stubEnv("AZURE_OPENAI_ENDPOINT", wire.url)
    vi.stubEnv("AZURE_OPENAI_API_KEY", "from-the-environment")
    vi.stubEnv("OPENAI_API_VERSION", "2024-06-01")
    await ask(AzureOpenAILLM({ model: "my-gpt" }), "Hi")
    expect(wire.asked[0]!.path).toContain("api-version=2024-06-01")
    expect(wire.asked[0]!.headers["api-key"]).toBe("from-the-environment")
  })

  it("asks Azure also where OPENAI_BASE_URL names another server", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    vi.stubEnv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    await ask(AzureOpenAILLM({ model: "my-gpt", baseUrl: wire.url, apiKey: "k" }), "Hi")
    expect(wire.asked).toHaveLength(1)
  })

  it("says what is missing: an endpoint", async () => {
    vi.stubEnv("AZURE_OPENAI_ENDPOINT", undefined)
    expect(await failure(AzureOpenAILLM({ model: "m", apiKey: "k" }))).toMatchObject({
      reason: "MissingApiKey",
      fix: expect.stringContaining("AZURE_OPENAI_ENDPOINT") as string
    })
  })

  it("answers at a simulator", async () => {
    await using simulator = await startSimulator()
    const llm = AzureOpenAILLM({ model: "my-gpt", baseUrl: simulator.azureBaseUrl, apiKey: "k" })
    expect((await ask(llm, "Name a colour")).generations).toEqual([expect.stringMatching(/\w/)])
  })
})
