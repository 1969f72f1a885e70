import * as Effect from "effect/Effect"
import { describe, expect, it, vi } from "vitest"
import { AnthropicLLM } from "../../src/models/anthropic/AnthropicLLM.ts"
import { pricesOf } from "../../src/models/asking/prices.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, at, failure } from "./asking.ts"
import { json, message, serve } from "./wire.ts"

const person = {
  type: "object",
  properties: { name: { type: "string" } },
  required: ["name"],
  additionalProperties: false
}

describe("an AnthropicLLM", () => {
  it("sends system messages apart, images as the API takes them, and a limit of tokens", async () => {
    await using wire = await serve((_, response) => json(response, message("Hello.")))
    await ask(at.anthropic(wire.url), [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello!" },
      {
        role: "user",
        content: [
          { type: "text", text: "What are these?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } },
          { type: "image_url", image_url: { url: "https://example.org/b.png" } }
        ]
      }
    ])
    expect(wire.asked[0]?.path).toBe("/v1/messages")
    expect(wire.asked[0]?.headers).toMatchObject({
      authorization: "Bearer test-key",
      "anthropic-version": expect.any(String)
    })
    expect(wire.asked[0]?.body).toEqual({
      model: "model-a",
      max_tokens: 4096,
      system: "Be brief.",
      messages: [
        { role: "user", content: [{ type: "text", text: "Hi" }] },
        { role: "assistant", content: [{ type: "text", text: "Hello!" }] },
        {
          role: "user",
          content: [
            { type: "text", text: "What are these?" },
            {
              type: "image",
              source: { type: "base64", media_type: "image/png", data: "QUJD" }
            },
            { type: "image", source: { type: "url", url: "https://example.org/b.png" } }
          ]
        }
      ]
    })
  })

  it("sends what is given under the API's names, and a format for a JSON schema", async () => {
    await using wire = await serve((_, response) => json(response, message("{}")))
    const llm = AnthropicLLM({
      model: "m",
      baseUrl: `${wire.url}/v1`,
      apiKey: "test-key",
      defaultHeaders: { "anthropic-beta": "some-beta" },
      generationKwargs: {
        maxNewTokens: 9,
        stopSequences: ["\n"],
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        thinking: { type: "enabled", budget_tokens: 1024 },
        extraBody: { service_tier: "auto" }
      }
    })
    await ask(llm, [{ role: "system", content: "Only this." }], {
      structuredOutput: { name: "person", schema: person }
    })
    expect(wire.asked[0]?.headers["anthropic-beta"]).toBe("some-beta")
    expect(wire.asked[0]?.body).toEqual({
      model: "m",
      max_tokens: 9,
      messages: [{ role: "user", content: [{ type: "text", text: "Only this." }] }],
      stop_sequences: ["\n"],
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      thinking: { type: "enabled", budget_tokens: 1024 },
      output_config: { format: { type: "json_schema", schema: person } },
      service_tier: "auto"
    })
  })

  it("prints nothing of a model that is to be retired", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    await using wire = await serve((_, response) => json(response, message("Hello.")))
    await ask(at.anthropic(wire.url, { model: "claude-sonnet-4-5" }), "Hi")
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })

  it("tells thoughts apart, and counts what was read from a cache", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        message("", {
          content: [
            { type: "thinking", thinking: "Rivers, then.", signature: "x" },
            { type: "text", text: "The " },
            { type: "text", text: "Rhine." }
          ],
          usage: {
            input_tokens: 3,
            cache_read_input_tokens: 100,
            cache_creation_input_tokens: 20,
            output_tokens: 50,
            output_tokens_details: { thinking_tokens: 40 }
          }
        })
      )
    )
    expect(await ask(at.anthropic(wire.url), "Hi")).toEqual({
      generations: ["The Rhine."],
      reasonings: ["Rivers, then."],
      finishReasons: ["stop"],
      statistics: {
        input_tokens: [123],
        output_tokens: [50],
        reasoning_tokens: [40],
        cached_tokens: [100]
      }
    })
  })

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["tool_use", "tool"]
  ])("calls an answer that ended with %s %s", async (stop_reason, reason) => {
    await using wire = await serve((_, response) => json(response, message("Hi", { stop_reason })))
    expect((await ask(at.anthropic(wire.url), "Hi")).finishReasons).toEqual([reason])
  })

  it("reads thoughts and text out of a stream, and fails on its errors", async () => {
    const events = (...values: ReadonlyArray<{ readonly type: string }>) =>
      values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join("")
    const start = {
      type: "message_start",
      message: { content: [], usage: { input_tokens: 7, output_tokens: 1 } }
    }
    await using wire = await serve((_, response, index) => {
      response.writeHead(200, { "content-type": "text/event-stream" })
      response.end(
        index === 0
          ? events(start, {
              type: "error",
              error: { type: "overloaded_error", message: "Overloaded" }
            } as never)
          : events(
              start,
              { type: "ping" },
              {
                type: "content_block_start",
                index: 0,
                content_block: { type: "thinking" }
              } as never,
              {
                type: "content_block_delta",
                index: 0,
                delta: { type: "thinking_delta", thinking: "Hm." }
              } as never,
              { type: "content_block_start", index: 1, content_block: { type: "text" } } as never,
              {
                type: "content_block_delta",
                index: 1,
                delta: { type: "text_delta", text: "Hi" }
              } as never,
              {
                type: "content_block_delta",
                index: 1,
                delta: { type: "text_delta", text: "!" }
              } as never,
              {
                type: "message_delta",
                delta: { stop_reason: "end_turn" },
                usage: { output_tokens: 4 }
              } as never,
              { type: "message_stop" }
            )
      )
    })
    expect(await ask(at.anthropic(wire.url, { stream: true, maxRetries: 1 }), "Hi")).toEqual({
      generations: ["Hi!"],
      reasonings: ["Hm."],
      finishReasons: ["stop"],
      statistics: { input_tokens: [7], output_tokens: [4] }
    })
    expect(wire.asked).toHaveLength(2)
  })

  it.each([
    ["no message", {}, "InvalidAnswer"],
    ["an error with status 200", { error: { message: "Overloaded" } }, "ServerError"],
    ["a refusal", message("I cannot.", { stop_reason: "refusal" }), "Refused"]
  ])("fails on %s", async (_, body, reason) => {
    await using wire = await serve((_request, response) => json(response, body))
    expect(await failure(at.anthropic(wire.url, { maxRetries: 0 }))).toMatchObject({ reason })
  })

  it("names an unknown model, an empty purse and a wrong key", async () => {
    const refusing = (status: number, type: string, said: string) =>
      serve((_, response) =>
        json(response, { type: "error", error: { type, message: said } }, status)
      )
    await using unknown = await refusing(404, "not_found_error", "model: claude-x")
    expect(await failure(at.anthropic(unknown.url))).toMatchObject({ reason: "ModelNotFound" })
    await using empty = await refusing(
      400,
      "invalid_request_error",
      "Your credit balance is too low to access the Anthropic API."
    )
    expect(await failure(at.anthropic(empty.url))).toMatchObject({ reason: "QuotaExhausted" })
    await using wrong = await startSimulator({ apiKey: "the-right-key" })
    expect(await failure(at.anthropic(wrong.url))).toMatchObject({ reason: "Unauthorized" })
  })

  it("suggests a model that exists", async () => {
    await using simulator = await startSimulator({ models: ["claude-sonnet-4-5"] })
    const { fix, reason } = await failure(
      at.anthropic(simulator.url, { model: "claude-sonet-4-5" })
    )
    expect(reason).toBe("ModelNotFound")
    expect(fix).toContain("Did you mean 'claude-sonnet-4-5'?")
  })

  it("heeds what headers say of limits", async () => {
    await using simulator = await startSimulator({ requestsPerSecond: 2, limitHeaders: true })
    const llm = at.anthropic(simulator.url, { preflight: false })
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(llm.open, (client) =>
          Effect.forEach([1, 2, 3, 4], (n) =>
            client.generate({
              messages: [{ role: "user", content: String(n) }],
              numGenerations: 1,
              generationKwargs: {}
            })
          )
        )
      )
    )
    expect(simulator.stats().byStatus).toEqual({ 200: 4 })
  })

  it("has a price in the list", () => {
    const llm = AnthropicLLM({ model: "claude-sonnet-4-5" })
    expect(pricesOf([llm]).get(llm)?.({ inputTokens: 1_000_000, outputTokens: 0 })).toBeGreaterThan(
      0
    )
  })
})
