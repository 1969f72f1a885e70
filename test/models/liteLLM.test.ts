import { afterEach, describe, expect, it, vi } from "vitest"
import { LiteLLM } from "../../src/index.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { ask, failure } from "./asking.ts"
import { completion, json, message, serve } from "./wire.ts"

afterEach(() => vi.unstubAllEnvs())

describe("a LiteLLM without an address", () => {
  it("asks by the class that the name begins with, in that class's words", async () => {
    await using wire = await serve(({ path }, response) =>
      json(response, path === "/v1/messages" ? message("Hi.") : completion("Hi."))
    )
    vi.stubEnv("OPENAI_BASE_URL", `${wire.url}/v1`)
    vi.stubEnv("ANTHROPIC_BASE_URL", wire.url)
    const generationKwargs = { maxNewTokens: 9, stop: ["END"] }
    for (const model of ["openai/gpt-a", "anthropic/claude-a"])
      await ask(LiteLLM({ model, apiKey: "k", generationKwargs }), "Hi")
    expect(wire.asked.map(({ body, path }) => ({ path, model: body["model"] }))).toEqual([
      { path: "/v1/chat/completions", model: "gpt-a" },
      { path: "/v1/messages", model: "claude-a" }
    ])
    expect(wire.asked[0]!.body).toMatchObject({ max_tokens: 9, stop: ["END"] })
    expect(wire.asked[1]!.body).toMatchObject({ max_tokens: 9, stop_sequences: ["END"] })
  })

  it("names the class and its key where that is missing", async () => {
    vi.stubEnv("OPENAI_API_KEY", undefined)
    expect(await failure(LiteLLM({ model: "openai/gpt-a" }))).toMatchObject({
      llm: "OpenAILLM",
      reason: "MissingApiKey",
      fix: expect.stringContaining("OPENAI_API_KEY")
    })
  })

  it("is priced as what its name stands for, behind a proxy, too", () => {
    const llm = LiteLLM({ model: "openai/gpt-4o-mini", baseUrl: "http://127.0.0.1:4000" })
    expect(pricesOf([llm]).get(llm)!({ inputTokens: 1_000_000, outputTokens: 0 })).toBe(0.15)
  })
})

describe("a LiteLLM with an address", () => {
  it("asks the proxy by the whole name; so does one whose provider has no class here", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    await ask(LiteLLM({ model: "openai/gpt-a", baseUrl: wire.url }), "Hi")
    vi.stubEnv("LITELLM_BASE_URL", wire.url)
    await ask(LiteLLM({ model: "anthropic/claude-a" }), "Hi")
    expect(wire.asked.map(({ body }) => body["model"])).toEqual([
      "openai/gpt-a",
      "anthropic/claude-a"
    ])
    vi.unstubAllEnvs()
    expect(LiteLLM({ model: "somewhere/model" }).address()).toContain("localhost:4000")
  })
})
