/** Models of the AI SDK: three of its providers, over HTTP, at the simulators of what they speak. */
import { createAnthropic } from "@ai-sdk/anthropic"
import { createMistral } from "@ai-sdk/mistral"
import { createOpenAI } from "@ai-sdk/openai"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { describe, expect, it } from "vitest"
import { fromAiSdk } from "../../src/models/aiSdk/fromAiSdk.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { type GenerateRequest, type LLM, requestTo } from "../../src/models/chat/LLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, asking, chatOf, failure } from "./asking.ts"
import { good, json, serve } from "./wire.ts"

const apiKey = "sk-test-key-0123456789"

/** The options with which a model is made at an address. */
type Options = NonNullable<Parameters<typeof fromAiSdk>[1]>

const providers = {
  openai: (url: string, options?: Options, model = "model-a"): LLM =>
    fromAiSdk(createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model), options),
  mistral: (url: string, options?: Options, model = "model-a"): LLM =>
    fromAiSdk(createMistral({ baseURL: `${url}/v1`, apiKey })(model), options),
  anthropic: (url: string, options?: Options, model = "model-a"): LLM =>
    fromAiSdk(createAnthropic({ baseURL: `${url}/v1`, apiKey })(model), options)
}

const names = ["openai", "mistral", "anthropic"] as const

const answerOf = (llm: LLM, more: Partial<GenerateRequest>) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(llm.open, (client) =>
        client.generate({ ...requestTo(llm, chatOf("Is it warm in Lima?")), ...more })
      )
    )
  ).then(({ answers }) => answers[0]!)

describe.each(names)("a model of the AI SDK's %s", (name) => {
  const make = providers[name]

  it("answers with tokens, several times, as long as it may", async () => {
    await using simulator = await startSimulator()
    const one = await ask(make(simulator.url), "Name a river.")
    const { inputTokens, outputTokens } = simulator.stats()
    expect(one).toEqual({
      generations: [expect.stringMatching(/\w/)],
      finishReasons: ["stop"],
      statistics: { input_tokens: [inputTokens], output_tokens: [outputTokens] }
    })
    expect((await ask(make(simulator.url), "Hi", { numGenerations: 3 })).generations).toHaveLength(
      3
    )
    const cut = make(simulator.url, { generationKwargs: { maxNewTokens: 3 } })
    expect((await ask(cut, "Name a river.")).finishReasons).toEqual(["length"])
  })

  it("follows JSON schemas", async () => {
    await using simulator = await startSimulator()
    const schema = {
      type: "object",
      properties: { name: { type: "string" } },
      required: ["name"],
      additionalProperties: false
    }
    const { generations } = await ask(make(simulator.url), "Make up a person.", {
      structuredOutput: { name: "person", schema }
    })
    expect(JSON.parse(generations[0]!)).toEqual({ name: expect.any(String) })
  })

  it("calls tools, and reads what they gave", async () => {
    await using simulator = await startSimulator()
    const llm = make(simulator.url)
    const tools = [
      {
        name: "weather",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
      }
    ]
    const calling = await answerOf(llm, { tools })
    expect(calling).toMatchObject({ finishReason: "tool", toolCalls: [{ name: "weather" }] })
    const [call] = calling.toolCalls!
    const next = await answerOf(llm, {
      tools,
      messages: [
        ...chatOf("Is it warm in Lima?"),
        { role: "assistant", content: "", tool_calls: [call!] },
        { role: "tool", tool_call_id: call!.id, name: "weather", content: "24" }
      ]
    })
    expect(next.text).toMatch(/\w/)
  })

  it("is sent images", async () => {
    await using wire = await serve((_, response) => json(response, good[name]("A river.")))
    await ask(make(wire.url), [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,QUJDRA==" } }
        ]
      }
    ])
    expect(JSON.stringify(wire.asked[0]!.body)).toContain("QUJDRA==")
  })

  it.each([
    ["rate-limit", "RateLimited"],
    ["server-error", "ServerError"],
    ["reset", "ConnectionFailed"]
  ] as const)("calls a %s %s, and asks again", async (kind, reason) => {
    await using simulator = await startSimulator({
      faults: [{ kind, share: 1, retryAfterSeconds: 0.01 }]
    })
    expect(await failure(make(simulator.url, { maxRetries: 0 }))).toMatchObject({ reason })
    simulator.reset()
    expect((await ask(make(simulator.url, { maxRetries: 1 }), "Hi")).generations).toHaveLength(1)
    expect(simulator.stats()).toMatchObject({ requests: 2 })
  })

  it("is aborted on the wire when a question is left", async () => {
    await using simulator = await startSimulator({
      faults: [{ kind: "hang", share: 1, permanent: true }]
    })
    const fiber = Effect.runFork(asking(make(simulator.url), "Hi"))
    await expect.poll(() => simulator.stats().inFlight).toBe(1)
    await Effect.runPromise(Fiber.interrupt(fiber))
    await expect.poll(() => simulator.stats()).toMatchObject({ aborted: 1, inFlight: 0 })
  })

  it("says that its key is wrong, and not what it is", async () => {
    await using simulator = await startSimulator({ apiKey: "another" })
    const error = await failure(make(simulator.url))
    expect(error.reason).toBe("Unauthorized")
    expect(JSON.stringify([error, error.message])).not.toContain(apiKey)
  })
})

it("a model of the AI SDK costs what its provider's does", () => {
  const llm = providers.openai("https://api.openai.com", {}, "gpt-4o-mini")
  expect(pricesOf([llm]).get(llm)!({ inputTokens: 1_000_000, outputTokens: 0 })).toBe(0.15)
  expect(llm).toMatchObject({ type: "openai.chat", model: "gpt-4o-mini" })
})

it("a model of the AI SDK that embeds is one that embeds", async () => {
  await using simulator = await startSimulator()
  const model = fromAiSdk(
    createOpenAI({ baseURL: `${simulator.url}/v1`, apiKey }).embedding("text-embedding-3-small")
  )
  const { embeddings, usage } = await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(model.open, (client) =>
        client.generate({ texts: ["Lima", "Cusco"], generationKwargs: {} })
      )
    )
  )
  expect(embeddings).toHaveLength(2)
  expect(usage?.input).toBeGreaterThan(0)
})
