/** What answers cost where the provider has a say: tiers, and costs that are told. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
  AnthropicLLM,
  estimatePromise,
  from,
  GeminiLLM,
  GroqLLM,
  LoadDataFromDicts,
  OpenAILLM,
  OpenRouterLLM,
  Pipeline,
  runPromise,
  TextGeneration,
  VertexAILLM
} from "../../src/index.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import type { AnyLLM } from "../../src/models/chat/LLM.ts"
import { ask, at } from "./asking.ts"
import { candidates, completion, json, serve } from "./wire.ts"

const usage = { prompt_tokens: 1_000_000, completion_tokens: 0 }

/** What a run of one row cost, in US dollars. */
const costOf = async (llm: AnyLLM, cacheDir = mkdtempSync(join(tmpdir(), "tiers-"))) => {
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })
  let cost: number | undefined
  await runPromise(Pipeline("p", {}, from(load).to(TextGeneration({ name: "t", llm }))), {
    cacheDir,
    progress: "none",
    report: false,
    prices: { m: { input: 1, output: 1 } },
    onEvent: (event) => {
      if (event.kind === "request" && event.state === "success") cost = event.cost
    }
  })
  return cost
}

const flex = (url: string) =>
  OpenAILLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k", maxRetries: 0, serviceTier: "flex" })

describe("serviceTier: flex", () => {
  it("is asked for, and costs half", async () => {
    await using wire = await serve(({ body }, response) =>
      json(response, completion("Hi.", { usage, service_tier: body["service_tier"] ?? "default" }))
    )
    expect(await costOf(flex(wire.url))).toBe(0.5)
    expect(wire.asked[0]!.body["service_tier"]).toBe("flex")
  })

  it("falls back to the standard tier where it has no room, at its price", async () => {
    await using wire = await serve(({ body }, response) =>
      body["service_tier"] === "flex"
        ? json(
            response,
            { error: { code: "resource_unavailable", message: "Resource unavailable" } },
            429
          )
        : json(response, completion("Hi.", { usage, service_tier: "default" }))
    )
    expect(await costOf(flex(wire.url))).toBe(1)
    expect(wire.asked.map(({ body }) => body["service_tier"])).toEqual(["flex", undefined])
  })

  it("is another way to the same answer: what was paid for by one tier is found by another", async () => {
    await using wire = await serve((_, response) =>
      json(response, completion("Hi.", { usage, service_tier: "flex" }))
    )
    const cacheDir = mkdtempSync(join(tmpdir(), "tiers-"))
    await costOf(flex(wire.url), cacheDir)
    await costOf(at.openai(wire.url, { model: "m", apiKey: "k" }), cacheDir)
    expect(wire.asked).toHaveLength(1)
  })

  it("is no part of a request that did not ask for it", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    await ask(at.openai(wire.url), "Hi")
    expect(wire.asked[0]!.body).not.toHaveProperty("service_tier")
  })
})

describe("other tiers", () => {
  it("Groq's flex costs the usual, and gives way where it has no capacity", async () => {
    await using wire = await serve(({ body }, response) =>
      body["service_tier"] === "flex" && wire.asked.length > 1
        ? json(response, { error: { code: "capacity_exceeded", message: "no capacity" } }, 498)
        : json(response, completion("Hi.", { usage, service_tier: body["service_tier"] }))
    )
    const llm = GroqLLM({
      model: "m",
      baseUrl: `${wire.url}/v1`,
      apiKey: "k",
      maxRetries: 0,
      serviceTier: "flex"
    })
    expect(await costOf(llm)).toBe(1)
    expect(await costOf(llm)).toBe(1)
    expect(wire.asked.map(({ body }) => body["service_tier"])).toEqual(["flex", "flex", undefined])
  })

  it("Vertex AI's flex is asked for by a header, and costs half where Vertex AI says that it answered", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        candidates("Hi.", {
          usageMetadata: {
            promptTokenCount: 1_000_000,
            trafficType: wire.asked.length > 1 ? "ON_DEMAND" : "ON_DEMAND_FLEX"
          }
        })
      )
    )
    const llm = VertexAILLM({
      model: "m",
      baseUrl: wire.url,
      accessToken: "t",
      project: "p",
      serviceTier: "flex"
    })
    expect(await costOf(llm)).toBe(0.5)
    expect(await costOf(llm)).toBe(1)
    expect(wire.asked[0]!.headers["x-vertex-ai-llm-shared-request-type"]).toBe("flex")
  })

  it("Gemini's flex costs half, and the whole where the standard tier answered", async () => {
    await using wire = await serve(({ body }, response) =>
      body["serviceTier"] === "flex" && wire.asked.length > 1
        ? json(
            response,
            { error: { code: 503, status: "UNAVAILABLE", message: "high demand" } },
            503
          )
        : json(
            response,
            candidates("Hi.", {
              usageMetadata: { promptTokenCount: 1_000_000, candidatesTokenCount: 0 }
            })
          )
    )
    const llm = GeminiLLM({
      model: "m",
      baseUrl: wire.url,
      apiKey: "k",
      maxRetries: 0,
      serviceTier: "flex"
    })
    expect(await costOf(llm)).toBe(0.5)
    expect(await costOf(llm)).toBe(1)
    expect(wire.asked.map(({ body }) => body["serviceTier"])).toEqual(["flex", "flex", undefined])
  })
})

it("an estimate says what the flex tier would cost, of the steps that have one", async () => {
  await using wire = await serve((_, response) => json(response, completion("Hi.", { usage })))
  const models = [
    OpenAILLM({ model: "m", baseUrl: `${wire.url}/v1`, apiKey: "k" }),
    GroqLLM({ model: "m", baseUrl: `${wire.url}/v1`, apiKey: "k" })
  ]
  const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })
  const [first, second] = models.map((llm, n) => TextGeneration({ name: `t${n}`, llm }))
  const { costBy, steps } = await estimatePromise(
    Pipeline("p", {}, [from(load).to(first!), from(load).to(second!)]),
    {
      cacheDir: mkdtempSync(join(tmpdir(), "tiers-")),
      progress: "none",
      prices: { m: { input: 1, output: 1 } }
    }
  )
  expect([costBy.online.expected, costBy.flex.expected]).toEqual([2, 1.5])
  expect(steps.map(({ flexShare }) => flexShare)).toEqual([0.5, undefined])
})

describe("a cost that is told", () => {
  const told = (response: Parameters<typeof json>[0]) =>
    json(response, completion("Hi.", { usage: { ...usage, cost: 0.0123 } }))

  it("is believed of OpenRouter, whose answers come from whoever is cheapest", async () => {
    await using wire = await serve((_, response) => told(response))
    expect(
      await costOf(OpenRouterLLM({ model: "m", baseUrl: `${wire.url}/v1`, apiKey: "k" }))
    ).toBe(0.0123)
  })

  it("is not believed of others", async () => {
    await using wire = await serve((_, response) => told(response))
    expect(await costOf(at.openai(wire.url, { model: "m" }))).toBe(1)
  })
})

it("tokens that were put into a cache cost what the list, or the user, says of them", () => {
  const llm = AnthropicLLM({ model: "claude-sonnet-4-20250514", apiKey: "k" })
  const all = { inputTokens: 1_000_000, outputTokens: 0 }
  const written = { ...all, writtenTokens: 1_000_000 }
  const listed = pricesOf([llm]).get(llm)!
  expect(listed(written)).toBeCloseTo(listed(all)! * 1.25, 10)
  const given = { [llm.model]: { input: 2, written: 3, output: 1 } }
  expect(pricesOf([llm], given).get(llm)!(written)).toBeCloseTo(3, 10)
})

it("cached tokens cost what the list, or the user, says of them", () => {
  const llm = OpenAILLM({ model: "gpt-4o", apiKey: "k" })
  const all = { inputTokens: 1_000_000, outputTokens: 0 }
  const cached = { ...all, cachedTokens: 1_000_000 }
  const listed = pricesOf([llm]).get(llm)!
  expect(listed(cached)).toBe(listed(all)! / 2)
  const given = pricesOf([llm], { "gpt-4o": { input: 2, cached: 0.2, output: 1 } }).get(llm)!
  expect(given(cached)).toBeCloseTo(0.2, 10)
  expect(pricesOf([llm], { "gpt-4o": { input: 2, output: 1 } }).get(llm)!(cached)).toBe(2)
})
