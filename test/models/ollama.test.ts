import { describe, expect, it, vi } from "vitest"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { OllamaLLM } from "../../src/models/ollama/OllamaLLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, at, failure } from "./asking.ts"
import { chat, json, serve } from "./wire.ts"

describe("an OllamaLLM", () => {
  it("sends only what is given", async () => {
    await using wire = await serve((_, response) => json(response, chat("Hi.")))
    await ask(at.ollama(wire.url), "Hi")
    expect(wire.asked[0]?.path).toBe("/api/chat")
    expect(wire.asked[0]?.body).toEqual({
      model: "model-a",
      messages: [{ role: "user", content: "Hi" }],
      stream: false
    })
  })

  it("sends kwargs as the model's options, and images as their data", async () => {
    await using wire = await serve((_, response) => json(response, chat("Hi.")))
    const llm = OllamaLLM({
      model: "m",
      host: wire.url,
      generationKwargs: {
        maxNewTokens: 9,
        temperature: 0,
        topP: 0.9,
        topK: 40,
        stop: ["\n"],
        seed: 7,
        format: "json",
        options: { num_ctx: 8192, top_k: 20 },
        keepAlive: "10m",
        think: "low"
      }
    })
    await ask(llm, [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } }
        ]
      }
    ])
    expect(wire.asked[0]?.body).toEqual({
      model: "m",
      messages: [{ role: "user", content: "What is this?", images: ["QUJD"] }],
      stream: false,
      format: "json",
      options: {
        num_predict: 9,
        temperature: 0,
        top_p: 0.9,
        top_k: 20,
        seed: 7,
        stop: ["\n"],
        num_ctx: 8192
      },
      keep_alive: "10m",
      think: "low"
    })
  })

  it("sends a JSON schema as format", async () => {
    await using wire = await serve((_, response) => json(response, chat("{}")))
    const schema = { type: "object", properties: {} }
    await ask(at.ollama(wire.url), "Hi", { structuredOutput: { name: "x", schema } })
    expect(wire.asked[0]?.body["format"]).toEqual(schema)
  })

  it("refuses an image by its address, since Ollama fetches none", async () => {
    await using wire = await serve((_, response) => json(response, chat("Hi.")))
    expect(
      await failure(at.ollama(wire.url), [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: "https://example.org/a.png" } }]
        }
      ])
    ).toMatchObject({ reason: "InvalidRequest", detail: expect.stringContaining("data: URLs") })
    expect(wire.asked).toHaveLength(0)
  })

  it("tells thoughts apart, and whether an answer was cut", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        chat("", {
          message: { role: "assistant", content: "The Rh", thinking: "Rivers, then." },
          done_reason: "length"
        })
      )
    )
    expect(await ask(at.ollama(wire.url), "Hi")).toEqual({
      generations: ["The Rh"],
      reasonings: ["Rivers, then."],
      finishReasons: ["length"],
      statistics: { input_tokens: [3], output_tokens: [5] }
    })
  })

  it("asks again where a stream breaks off, or ends with an error", async () => {
    const line = (value: unknown) => `${JSON.stringify(value)}\n`
    const begun = line({ message: { content: "The" }, done: false })
    await using wire = await serve((_, response, index) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" })
      response.end(
        [
          begun + begun,
          begun + line({ error: "the runner stopped" }),
          begun + line({ ...chat(" Rhine."), done: true })
        ][index]
      )
    })
    const llm = at.ollama(wire.url, { stream: true, maxRetries: 2, preflight: false })
    expect((await ask(llm, "Hi")).generations).toEqual(["The Rhine."])
    expect(wire.asked).toHaveLength(3)
  })

  it("fails to open where the model was not pulled, and names those that were", async () => {
    await using simulator = await startSimulator({ models: ["qwen3:8b"] })
    const { fix, reason } = await failure(at.ollama(simulator.url, { model: "qwen3:7b" }))
    expect(reason).toBe("ModelNotFound")
    expect(fix).toContain("Did you mean 'qwen3:8b'?")
  })

  it("takes a host as Ollama's own tools do", () => {
    const address = (host: string) => OllamaLLM({ model: "m", host }).address()
    expect(address("0.0.0.0")).toBe("http://0.0.0.0:11434")
    expect(address(":8080")).toBe("http://127.0.0.1:8080")
    expect(address("gpu.local:80")).toBe("http://gpu.local:80")
    expect(address("https://gpu.local/ollama/")).toBe("https://gpu.local/ollama")
    vi.stubEnv("OLLAMA_HOST", "gpu.local")
    expect(OllamaLLM({ model: "m" }).address()).toBe("http://gpu.local:11434")
    vi.unstubAllEnvs()
  })

  it("costs nothing", () => {
    const llm = OllamaLLM({ model: "qwen3:8b" })
    expect(pricesOf([llm]).get(llm)?.({ inputTokens: 1_000_000, outputTokens: 1_000_000 })).toBe(0)
  })
})
