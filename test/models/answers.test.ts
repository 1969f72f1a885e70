/**
 * What models and servers really send: every kind is read the same way, whichever provider sends
 * it.
 */
import type { ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { requestTo } from "../../src/models/chat/LLM.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { ask, at, chatOf, failure, kinds as every } from "./asking.ts"
import { candidates, completion, json, serve } from "./wire.ts"

/** Anthropic's, Cohere's and Ollama's answers have tests of their own. */
const kinds = every.filter((kind) => kind !== "anthropic" && kind !== "cohere" && kind !== "ollama")

const isGemini = (kind: (typeof kinds)[number]): boolean => kind === "vertex" || kind === "gemini"

const text = (response: ServerResponse, body: string, type = "application/json"): void => {
  response.writeHead(200, { "content-type": type })
  response.end(body)
}

const events = (...values: ReadonlyArray<unknown>): string =>
  values
    .map((value) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`)
    .join("")

/** An answer in the provider's own shape. */
const whole = (
  kind: (typeof kinds)[number],
  answer: string,
  finish?: { readonly chat: string; readonly vertex: string }
) =>
  isGemini(kind)
    ? candidates("", {
        candidates: [
          { content: { parts: [{ text: answer }] }, finishReason: finish?.vertex ?? "STOP" }
        ]
      })
    : completion("", {
        choices: [{ index: 0, message: { content: answer }, finish_reason: finish?.chat ?? "stop" }]
      })

describe.each(kinds)("answers of %s", (kind) => {
  const answering = (body: string, type?: string) =>
    serve((_, response) => text(response, body, type))
  const good = JSON.stringify(whole(kind, "Lima"))

  it.each([
    ["a byte order mark", `\ufeff${good}`],
    ["numbers that only Python knows", good.replace(/^\{/, `{"created":NaN,"least":-Infinity,`)],
    ["counts as text", good.replaceAll(/("\w*(?:tokens|TokenCount)"):(\d+)/g, `$1:"$2"`)],
    ["fields of other types", good.replace(/^\{/, `{"id":5,"object":[],"model":null,`)]
  ])("are taken with %s", async (_, body) => {
    await using wire = await answering(body)
    expect(await ask(at[kind](wire.url, { maxRetries: 0 }), "Hi")).toEqual({
      generations: ["Lima"],
      finishReasons: ["stop"],
      statistics: { input_tokens: [3], output_tokens: [5] }
    })
  })

  it("are taken without usage, and with one that is none", async () => {
    for (const usage of [undefined, null, "none", []]) {
      await using wire = await answering(
        JSON.stringify({ ...whole(kind, "Lima"), usage, usageMetadata: usage })
      )
      expect(await ask(at[kind](wire.url, { maxRetries: 0 }), "Hi")).toMatchObject({
        generations: ["Lima"],
        statistics: {}
      })
    }
  })

  it("tell whether they were cut", async () => {
    await using wire = await answering(
      JSON.stringify(
        whole(kind, "The Ucayali rises in the", {
          chat: kind === "mistral" ? "model_length" : "length",
          vertex: "MAX_TOKENS"
        })
      )
    )
    expect(await ask(at[kind](wire.url), "Hi")).toMatchObject({
      generations: ["The Ucayali rises in the"],
      finishReasons: ["length"]
    })
  })

  it("that are an error in the provider's words fail like status 502, and are asked again", async () => {
    await using wire = await serve((_, response, index) =>
      json(
        response,
        index === 0
          ? { error: isGemini(kind) ? { message: "model overloaded" } : "model overloaded" }
          : whole(kind, "Lima")
      )
    )
    expect((await ask(at[kind](wire.url, { maxRetries: 1 }), "Hi")).generations).toEqual(["Lima"])
    await using overloaded = await answering(
      JSON.stringify({ error: { code: 429, message: "model overloaded" } })
    )
    expect(await failure(at[kind](overloaded.url, { maxRetries: 0 }))).toMatchObject({
      reason: "RateLimited",
      status: 429,
      detail: "model overloaded"
    })
  })

  it("that ended by an error are asked again, and what they used counts", async () => {
    await using wire = await answering(
      JSON.stringify(whole(kind, "The riv", { chat: "error", vertex: "MALFORMED_FUNCTION_CALL" }))
    )
    const events: Array<LLMEvent> = []
    const llm = at[kind](wire.url, { maxRetries: 0 })
    const error = await Effect.runPromise(
      Effect.scoped(
        Effect.flip(
          Effect.flatMap(llm.open, (client) =>
            client.generate(requestTo(llm, chatOf("Hi")), (event) => events.push(event))
          )
        )
      )
    )
    expect(error).toMatchObject({ reason: "ServerError", status: 502 })
    expect(events.at(-1)).toMatchObject({ kind: "failure", inputTokens: 3, outputTokens: 5 })
  })

  it("that begin with thoughts are told apart from them", async () => {
    await using wire = await answering(
      JSON.stringify(whole(kind, "<think>\nhm {x}\n</think>\n\nLima"))
    )
    expect(await ask(at[kind](wire.url), "Hi")).toMatchObject({
      generations: ["Lima"],
      reasonings: ["hm {x}"]
    })
  })

  it("that arrive as a stream are read to its end, also when nobody asked for one", async () => {
    const pieces = isGemini(kind)
      ? events(
          {
            candidates: [{ content: { parts: [{ text: "Hm.", thought: true }, { text: "Li" }] } }]
          },
          {
            candidates: [{ content: { parts: [{ text: "ma" }] }, finishReason: "STOP" }],
            usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5 }
          }
        )
      : ": keep-alive\n\n" +
        events(
          {
            choices: [
              { index: 0, delta: { role: "assistant", content: "", reasoning_content: "Hm." } }
            ]
          },
          { choices: [{ index: 0, delta: { content: "Li" } }] },
          { choices: [{ index: 0, delta: { content: "ma" }, finish_reason: "stop" }] },
          { choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } },
          "[DONE]"
        )
    const output = {
      generations: ["Lima"],
      reasonings: ["Hm."],
      finishReasons: ["stop"],
      statistics: { input_tokens: [3], output_tokens: [5] }
    }
    await using wire = await answering(pieces, "text/event-stream")
    expect(await ask(at[kind](wire.url), "Hi")).toEqual(output)
    expect(await ask(at[kind](wire.url, { stream: true }), "Hi")).toEqual(output)
    const [plain, streamed] = wire.asked
    if (isGemini(kind))
      expect([plain?.path, streamed?.path]).toEqual([
        expect.stringMatching(/:generateContent$/),
        expect.stringMatching(/:streamGenerateContent\?alt=sse$/)
      ])
    else expect([plain?.body["stream"] ?? false, streamed?.body["stream"]]).toEqual([false, true])
  })

  it("that arrive as a stream which breaks off are asked for again", async () => {
    const piece = isGemini(kind)
      ? { candidates: [{ content: { parts: [{ text: "Li" }] } }] }
      : { choices: [{ index: 0, delta: { content: "Li" } }] }
    await using wire = await serve((_, response, index) =>
      index === 0
        ? text(response, events(piece), "text/event-stream")
        : json(response, whole(kind, "Lima"))
    )
    expect((await ask(at[kind](wire.url, { maxRetries: 1 }), "Hi")).generations).toEqual(["Lima"])
    expect(wire.asked).toHaveLength(2)
  })

  it("that hold an error among the events of a stream fail with the provider's words", async () => {
    await using wire = await answering(
      events({ error: { message: "upstream failed" } }),
      "text/event-stream"
    )
    expect(await failure(at[kind](wire.url, { maxRetries: 0 }))).toMatchObject({
      reason: "ServerError",
      detail: "upstream failed"
    })
  })
})

describe.each(["openai", "mistral"] as const)("chat completions of %s", (kind) => {
  const choice = (message: unknown, more: object = {}) =>
    completion("", { choices: [{ index: 0, message, finish_reason: "stop", ...more }] })

  it.each(["reasoning_content", "reasoning"])(
    "tell what the model thought from field %s",
    async (field) => {
      await using wire = await serve((_, response) =>
        json(response, {
          ...choice({ content: "Lima", [field]: "Hm." }),
          usage: {
            prompt_tokens: 3,
            completion_tokens: 5,
            completion_tokens_details: { reasoning_tokens: 4 },
            prompt_tokens_details: { cached_tokens: 2 }
          }
        })
      )
      expect(await ask(at[kind](wire.url), "Hi")).toEqual({
        generations: ["Lima"],
        reasonings: ["Hm."],
        finishReasons: ["stop"],
        statistics: {
          input_tokens: [3],
          output_tokens: [5],
          reasoning_tokens: [4],
          cached_tokens: [2]
        }
      })
    }
  )

  it("hold an error in the choice, which fails with its words", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        choice(
          { content: "The riv" },
          { finish_reason: "error", error: { code: 502, message: "upstream failed" } }
        )
      )
    )
    expect(await failure(at[kind](wire.url, { maxRetries: 0 }))).toMatchObject({
      reason: "ServerError",
      status: 502,
      detail: "upstream failed"
    })
  })

  it.each([
    ["a message alone", { object: "error", message: "the engine is dead" }, "the engine is dead"],
    ["code and msg", { code: 1210, msg: "parameters are wrong" }, "parameters are wrong"]
  ])("are errors by %s, without choices", async (_, body, detail) => {
    await using wire = await serve((_request, response) => json(response, body))
    expect(await failure(at[kind](wire.url, { maxRetries: 0 }))).toMatchObject({
      reason: "ServerError",
      detail
    })
  })

  it("are asked for as a stream once a server says that it gives no other", async () => {
    await using wire = await serve(({ body }, response) =>
      body["stream"] === true
        ? text(
            response,
            events({ choices: [{ index: 0, delta: { content: "Lima" }, finish_reason: "stop" }] }),
            "text/event-stream"
          )
        : json(
            response,
            {
              error: {
                message: "This model only supports stream mode, please enable the stream parameter"
              }
            },
            400
          )
    )
    expect((await ask(at[kind](wire.url, { maxRetries: 0 }), "Hi")).generations).toEqual(["Lima"])
  })

  it("keep log probabilities that are too low to be finite, and leave out those that are none", async () => {
    const logprobs = (logprob: string) =>
      JSON.stringify(
        choice({ content: "x" }, { logprobs: { content: [{ token: "x", logprob: 7 }] } })
      ).replace('"logprob":7', `"logprob":${logprob}`)
    await using wire = await serve((_, response, index) =>
      text(response, logprobs(["-Infinity", "null", "-0.5"][index]!))
    )
    const given = []
    for (let n = 0; n < 3; n++) given.push((await ask(at[kind](wire.url), "Hi")).logprobs)
    expect(given).toEqual([
      [[[{ token: "x", logprob: -9999 }]]],
      undefined,
      [[[{ token: "x", logprob: -0.5 }]]]
    ])
  })
})

describe("thoughts in a text", () => {
  it.each([
    [
      "end on a line of their own where the prompt opened them",
      "hm\n</think>\nLima",
      "stop",
      "Lima",
      "hm"
    ],
    ["are all there is where they were cut", "<think>\nhm", "length", null, "hm"],
    [
      "are part of an answer that never closes them",
      "<think> is a tag",
      "stop",
      "<think> is a tag",
      undefined
    ],
    [
      "are part of an answer that speaks of them",
      "Write `</think>` last.",
      "stop",
      "Write `</think>` last.",
      undefined
    ]
  ])("%s", async (_, content, finish_reason, answer, reasoning) => {
    await using wire = await serve((_request, response) =>
      json(
        response,
        completion("", { choices: [{ index: 0, message: { content }, finish_reason }] })
      )
    )
    const { generations, reasonings } = await ask(at.openai(wire.url), "Hi")
    expect([generations[0], reasonings?.[0]]).toEqual([answer, reasoning])
  })
})
