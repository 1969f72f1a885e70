import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LLM } from "../../src/models/chat/LLM.ts"
import type { LLMError } from "../../src/models/chat/LLMError.ts"
import { MistralLLM } from "../../src/models/mistral/MistralLLM.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { VertexAILLM } from "../../src/models/vertex/VertexAILLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, at, failure, kinds } from "./asking.ts"
import { type Answer, completion, good, json, serve } from "./wire.ts"

const open = (llm: LLM): Promise<unknown> => Effect.runPromise(Effect.scoped(llm.open))
const refusal = (llm: LLM): Promise<LLMError> =>
  Effect.runPromise(Effect.flip(Effect.scoped(llm.open)))

beforeEach(() => {
  for (const name of [
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "MISTRAL_API_KEY",
    "MISTRAL_BASE_URL",
    "GOOGLE_CLOUD_PROJECT",
    "GOOGLE_CLOUD_LOCATION",
    "GOOGLE_VERTEX_BASE_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "OLLAMA_HOST"
  ]) {
    vi.stubEnv(name, undefined)
  }
})
afterEach(() => vi.unstubAllEnvs())

describe("a model without credentials", () => {
  it.each([
    ["OpenAILLM", OpenAILLM({ model: "gpt-4" }), "Set OPENAI_API_KEY or option apiKey."],
    [
      "MistralLLM",
      MistralLLM({ model: "mistral-large-2402" }),
      "Set MISTRAL_API_KEY or option apiKey."
    ],
    [
      "VertexAILLM",
      VertexAILLM({ model: "gemini-1.5-pro" }),
      "Set GOOGLE_CLOUD_PROJECT or option project."
    ]
  ])("fails to open at its provider: %s", async (type, llm, fix) => {
    expect(await refusal(llm)).toMatchObject({
      reason: "MissingApiKey",
      llm: type,
      fix,
      fatal: true,
      attempts: 0
    })
  })

  it("opens at a server of one's own", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi")))
    expect(
      (await ask(OpenAILLM({ model: "m", baseUrl: `${wire.url}/v1` }), "Hi")).generations
    ).toEqual(["Hi"])
    expect((await ask(MistralLLM({ model: "m", endpoint: wire.url }), "Hi")).generations).toEqual([
      "Hi"
    ])
  })

  it("fails to open where a key was copied with something else", async () => {
    expect(await refusal(OpenAILLM({ model: "gpt-4", apiKey: "sk-abc…def" }))).toMatchObject({
      reason: "MissingApiKey"
    })
  })
})

describe("the environment", () => {
  it("is read when a model is opened, not when it is described", async () => {
    await using simulator = await startSimulator({ apiKey: "the-right-key" })
    const openai = OpenAILLM({ model: "m" })
    const mistral = MistralLLM({ model: "m" })
    vi.stubEnv("OPENAI_API_KEY", " the-right-key\n")
    vi.stubEnv("OPENAI_BASE_URL", simulator.openaiBaseUrl)
    vi.stubEnv("MISTRAL_API_KEY", "the-right-key")
    vi.stubEnv("MISTRAL_BASE_URL", simulator.mistralUrl)
    expect((await ask(openai, "Hi")).generations).toHaveLength(1)
    expect((await ask(mistral, "Hi")).generations).toHaveLength(1)
  })

  it("gives Vertex AI's project, location and address", async () => {
    await using wire = await serve((_, response) =>
      json(response, { candidates: [{ content: { parts: [{ text: "Hi" }] } }] })
    )
    vi.stubEnv("GOOGLE_CLOUD_PROJECT", "my-project")
    vi.stubEnv("GOOGLE_CLOUD_LOCATION", "europe-west4")
    vi.stubEnv("GOOGLE_VERTEX_BASE_URL", wire.url)
    await ask(VertexAILLM({ model: "m", accessToken: "test-token" }), "Hi")
    expect(wire.asked[0]?.path).toBe(
      "/v1/projects/my-project/locations/europe-west4/publishers/google/models/m:generateContent"
    )
  })

  it("yields to options", async () => {
    await using simulator = await startSimulator({ apiKey: "the-right-key" })
    vi.stubEnv("OPENAI_API_KEY", "a-wrong-key")
    vi.stubEnv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    await open(OpenAILLM({ model: "m", apiKey: "the-right-key", baseUrl: simulator.openaiBaseUrl }))
  })
})

describe.each(kinds)("opening a model of %s", (kind) => {
  it("asks for no answer", async () => {
    await using simulator = await startSimulator()
    await open(at[kind](simulator.url))
    expect(simulator.stats()).toMatchObject({ requests: 0, lookups: 1 })
  })

  it("fails on a wrong key", async () => {
    await using simulator = await startSimulator({ apiKey: "the-right-key" })
    expect(await refusal(at[kind](simulator.url, { apiKey: "a-wrong-key" }))).toMatchObject({
      reason: "Unauthorized",
      status: 401,
      fatal: true
    })
    expect(simulator.stats()).toMatchObject({ answered: 0, inputTokens: 0 })
  })

  it.each([
    ["refuses this key", 401, { error: { message: "This endpoint requires an admin key" } }],
    ["does not know the model", 404, { error: { message: "model 'model-a' not found" } }],
    ["sends elsewhere", 302, {}]
  ])("goes on where only the look-up %s, after a question of one word", async (_, status, body) => {
    await using wire = await serve(
      (_request, response) => json(response, good[kind]("H")),
      (_request, response) => json(response, body, status)
    )
    await open(at[kind](wire.url))
    // Vertex AI may hide models that can be asked: there no question is needed.
    expect(wire.asked).toHaveLength(kind === "vertex" && status === 404 ? 0 : 1)
  })

  it("goes on without a look where that is left out", async () => {
    await using wire = await serve(
      () => {},
      (_, response) => json(response, { error: { message: "no" } }, 401)
    )
    await open(at[kind](wire.url, { preflight: false }))
    expect(wire.lookedUp).toHaveLength(0)
  })

  it("fails where nobody listens, and says which address that was and where it came from", async () => {
    const closed = await serve(() => {})
    await closed[Symbol.asyncDispose]()
    const error = await refusal(at[kind](closed.url))
    expect(error).toMatchObject({
      reason: "Unreachable",
      fatal: true,
      detail: expect.stringContaining("ECONNREFUSED")
    })
    expect(error.message).toContain(closed.url)
    expect(error.message).toMatch(
      /Is the server running.*It came from option (baseUrl|endpoint|host)\.$/
    )
  })

  it("fails where there is no such host", async () => {
    expect(await refusal(at[kind]("http://no-such-host.invalid"))).toMatchObject({
      reason: "Unreachable",
      detail: expect.stringContaining("no-such-host.invalid")
    })
  })

  it("fails where the address is none", async () => {
    // Ollama's own tools take a host without a scheme.
    if (kind === "ollama") return
    expect(await refusal(at[kind]("localhost:8000"))).toMatchObject({
      reason: "Unreachable",
      detail: expect.stringContaining("http://")
    })
  })

  it.each([404, 405, 500, 429])(
    "goes on where the look-up gives %i and says nothing of models",
    async (status) => {
      await using wire = await serve(
        () => {},
        (_, response) => json(response, { detail: "Not Found" }, status)
      )
      await open(at[kind](wire.url))
      expect(wire.lookedUp).toHaveLength(status === 500 ? 3 : 1)
    }
  )

  it("goes on where the key may ask but not look up", async () => {
    await using wire = await serve(
      () => {},
      (_, response) => json(response, { error: { message: "Missing scopes: api.model.read" } }, 403)
    )
    await open(at[kind](wire.url))
  })

  it("goes on where the look-up answers with a page", async () => {
    await using wire = await serve(
      () => {},
      (_, response) => response.end("<html>Welcome</html>")
    )
    await open(at[kind](wire.url))
  })
})

describe("a model that does not exist", () => {
  it.each(["openai", "mistral"] as const)(
    "fails to open at %s, with the names that are near",
    async (kind) => {
      await using simulator = await startSimulator({
        models: ["codestral", "gpt-4o-mini", "gpt-4o"]
      })
      const error = await refusal(at[kind](simulator.url, { model: "gpt4o" }))
      expect(error).toMatchObject({ reason: "ModelNotFound", status: 404, fatal: true })
      expect(error.message).toContain(
        "Did you mean 'gpt-4o'? Others there: 'gpt-4o-mini', 'codestral'."
      )
    }
  )

  it("fails to open where there is no list of models, too", async () => {
    const unknown: Answer = (_, response) =>
      json(response, { error: { message: "model 'x' not found" } }, 404)
    await using wire = await serve(unknown, (request, response, index) =>
      request.path.endsWith("/models") ? json(response, {}, 404) : unknown(request, response, index)
    )
    const error = await refusal(at.openai(wire.url))
    expect(error).toMatchObject({ reason: "ModelNotFound" })
    expect(error.message).not.toContain("Did you mean")
  })

  it("fails the request at Vertex AI, where models cannot be looked up", async () => {
    await using simulator = await startSimulator({ models: ["gemini-pro"] })
    expect(await failure(at.vertex(simulator.url, { model: "gemini-1.5-pro" }))).toMatchObject({
      reason: "ModelNotFound",
      attempts: 1,
      fatal: true
    })
  })
})

describe("default credentials", () => {
  it("are asked for where Vertex AI has neither token nor key", async () => {
    await using wire = await serve(() => {})
    vi.stubEnv("HOME", "/nowhere")
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined)
    // no server of Google's that hands out credentials on its own machines
    vi.stubEnv("METADATA_SERVER_DETECTION", "none")
    const error = await refusal(VertexAILLM({ model: "m", project: "p", baseUrl: wire.url }))
    expect(error).toMatchObject({ reason: "MissingApiKey", fatal: true })
    expect(error.fix).toContain("gcloud auth application-default login")
  })
})
