import { afterEach, describe, expect, it, vi } from "vitest"
import {
  from,
  fromYamlPromise,
  LoadDataFromDicts,
  Pipeline,
  TextGeneration,
  toYamlPromise
} from "../../src/index.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { CohereLLM } from "../../src/models/cohere/CohereLLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, at, failure } from "./asking.ts"
import { cohereChat, json, serve } from "./wire.ts"

afterEach(() => vi.unstubAllEnvs())

const person = { type: "object", properties: { name: { type: "string" } }, required: ["name"] }

describe("a CohereLLM", () => {
  it("sends what is given under the API's names, signed with its key", async () => {
    await using wire = await serve((_, response) => json(response, cohereChat("{}")))
    const llm = CohereLLM({
      model: "command-a",
      baseUrl: `${wire.url}/v1`,
      apiKey: "its-key",
      defaultHeaders: { "x-client-name": "rivers" },
      generationKwargs: {
        maxNewTokens: 9,
        topK: 40,
        topP: 0.9,
        temperature: 0.5,
        seed: 7,
        stopSequences: ["\n"],
        frequencyPenalty: 0.1,
        safetyMode: "OFF",
        thinking: { type: "disabled" },
        extraBody: { priority: 2 }
      }
    })
    const chat = [
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } }
        ]
      }
    ] as const
    await ask(llm, chat, { structuredOutput: { name: "person", schema: person } })
    expect(wire.asked[0]).toMatchObject({
      path: "/v2/chat",
      headers: { authorization: "Bearer its-key", "x-client-name": "rivers" }
    })
    expect(wire.asked[0]?.body).toEqual({
      model: "command-a",
      messages: chat,
      response_format: { type: "json_object", json_schema: person },
      max_tokens: 9,
      k: 40,
      p: 0.9,
      temperature: 0.5,
      seed: 7,
      stop_sequences: ["\n"],
      frequency_penalty: 0.1,
      safety_mode: "OFF",
      thinking: { type: "disabled" },
      priority: 2
    })
  })

  it("tells thoughts apart, and counts what is billed", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        cohereChat("", {
          finish_reason: "MAX_TOKENS",
          message: {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Rivers, then." },
              { type: "text", text: "The Rhine." }
            ]
          },
          usage: {
            billed_units: { input_tokens: 30, output_tokens: 5 },
            tokens: { input_tokens: 200, output_tokens: 9 },
            cached_tokens: 16
          }
        })
      )
    )
    expect(await ask(at.cohere(wire.url), "Hi")).toEqual({
      generations: ["The Rhine."],
      reasonings: ["Rivers, then."],
      finishReasons: ["length"],
      statistics: { input_tokens: [30], output_tokens: [5], cached_tokens: [16] }
    })
  })

  it("gives the log probabilities of its tokens, whole or as a stream", async () => {
    await using simulator = await startSimulator()
    const logprobsOf = async (stream: boolean) =>
      (
        await ask(
          CohereLLM({
            model: "m",
            baseUrl: simulator.cohereUrl,
            apiKey: "k",
            stream,
            generationKwargs: { logprobs: true }
          }),
          "Name a colour"
        )
      ).logprobs
    const [whole] = (await logprobsOf(false))!
    expect(whole!.length).toBeGreaterThan(1)
    expect(whole![0]![0]!.logprob).toBeLessThanOrEqual(0)
    expect(await logprobsOf(true)).toEqual([whole])
  })

  it.each([
    ["an error at the end of a stream", { finish_reason: "ERROR" }, "ServerError"],
    ["a time that ran out", { finish_reason: "TIMEOUT" }, "ServerError"],
    ["a body without a message", { message: undefined }, "InvalidAnswer"],
    ["an error with status 200", { error: { message: "overloaded" } }, "ServerError"]
  ])("calls %s by its name", async (_, more, reason) => {
    await using wire = await serve((_arrived, response) => json(response, cohereChat("Hi", more)))
    expect(await failure(at.cohere(wire.url, { maxRetries: 0 }))).toMatchObject({ reason })
  })

  it("asks again where a stream breaks off", async () => {
    await using wire = await serve((_, response, index) => {
      response.writeHead(200, { "content-type": "text/event-stream" })
      const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`
      response.end(
        event({ type: "content-start", index: 0, delta: { message: { content: { text: "" } } } }) +
          event({
            type: "content-delta",
            index: 0,
            delta: { message: { content: { text: "Lima" } } }
          }) +
          (index === 0
            ? ""
            : event({ type: "message-end", delta: { finish_reason: "COMPLETE", usage: {} } }))
      )
    })
    expect((await ask(at.cohere(wire.url, { stream: true }), "Hi")).generations).toEqual(["Lima"])
    expect(wire.asked).toHaveLength(2)
  })

  it("names a model that is there in place of one that is not", async () => {
    await using simulator = await startSimulator({ models: ["command-a-03-2025"] })
    expect(
      await failure(at.cohere(simulator.cohereUrl, { model: "command-a-03-2052" }))
    ).toMatchObject({
      reason: "ModelNotFound",
      fix: expect.stringContaining("Did you mean 'command-a-03-2025'?")
    })
  })

  it("says where a key may stand", async () => {
    vi.stubEnv("COHERE_API_KEY", undefined)
    expect(await failure(CohereLLM({ model: "m" }))).toMatchObject({
      reason: "MissingApiKey",
      fix: "Set COHERE_API_KEY or option apiKey."
    })
  })

  it("is read from Python's documents, and written without its key", async () => {
    const llm = CohereLLM({
      model: "command-r",
      apiKey: "secret-key",
      generationKwargs: { maxTokens: 9, thinking: { type: "disabled" } }
    })
    const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "Hi" }] })
    const text = await toYamlPromise(
      Pipeline("p", {}, from(load).to(TextGeneration({ name: "t", llm })))
    )
    expect(text).toContain("module: distilabel.models.llms.cohere")
    expect(text).not.toContain("secret-key")
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })

  it("costs what Cohere's list says", () => {
    const llm = CohereLLM({ model: "command-r", apiKey: "k" })
    expect(pricesOf([llm]).get(llm)?.({ inputTokens: 1_000_000, outputTokens: 0 })).toBeGreaterThan(
      0
    )
  })
})
