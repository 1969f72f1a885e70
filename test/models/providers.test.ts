import * as Effect from "effect/Effect"
import { expect, describe, it } from "vitest"
import { requestTo } from "../../src/models/chat/LLM.ts"
import { MistralLLM } from "../../src/models/mistral/MistralLLM.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { VertexAILLM } from "../../src/models/vertex/VertexAILLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { ask, at, chatOf, failure, kinds, sideBySide } from "./asking.ts"
import { candidates, completion, json, serve } from "./wire.ts"

const person = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false
}
const chat = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
  { role: "assistant", content: "Hello!" },
  {
    role: "user",
    content: [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } }
    ]
  }
] as const

describe.each(kinds)("a model of %s", (kind) => {
  it("answers with text and token counts", async () => {
    await using simulator = await startSimulator()
    const output = await ask(at[kind](simulator.url), "Name a colour")
    expect(output.generations).toEqual([expect.stringMatching(/\w/)])
    const { inputTokens, outputTokens } = simulator.stats()
    expect(output.statistics).toEqual({
      input_tokens: [inputTokens],
      output_tokens: [outputTokens]
    })
  })

  it("gives as many answers as asked for", async () => {
    await using simulator = await startSimulator()
    const output = await ask(
      at[kind](simulator.url, { generationKwargs: { seed: 7 } }),
      "Name a colour",
      { numGenerations: 3 }
    )
    expect(output.generations).toHaveLength(3)
    // Anthropic takes no seed: to the simulator its three requests are one and the same.
    expect(new Set(output.generations).size).toBe(kind === "anthropic" ? 1 : 3)
    expect(simulator.stats().requests).toBe(kind === "openai" ? 1 : 3)
    const sum = (counts: ReadonlyArray<number> = []) =>
      counts.reduce((total, count) => total + count, 0)
    expect(sum(output.statistics.output_tokens)).toBe(simulator.stats().outputTokens)
    expect(output.statistics.output_tokens).toHaveLength(3)
  })

  it("gives the same answer as a stream", async () => {
    await using simulator = await startSimulator()
    expect(await ask(at[kind](simulator.url, { stream: true }), "Name a colour")).toEqual(
      await ask(at[kind](simulator.url), "Name a colour")
    )
    await using cut = await startSimulator({ faults: [{ kind: "cut-body", share: 1 }] })
    expect(
      (await ask(at[kind](cut.url, { stream: true, maxRetries: 1 }), "Name a colour")).generations
    ).toHaveLength(1)
    expect(cut.stats()).toMatchObject({ requests: 2, byFault: { "cut-body": 1 } })
  })

  it("follows a JSON schema", async () => {
    await using simulator = await startSimulator()
    const { generations } = await ask(at[kind](simulator.url), "Make up a person", {
      structuredOutput: { name: "person", schema: person }
    })
    expect(JSON.parse(generations[0] ?? "")).toEqual({
      name: expect.any(String),
      age: expect.any(Number)
    })
  })
})

describe("an OpenAILLM", () => {
  it("sends only what is given", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    await ask(at.openai(wire.url), "Hi")
    expect(wire.asked[0]?.body).toEqual({
      model: "model-a",
      messages: [{ role: "user", content: "Hi" }]
    })
  })

  it("limits tokens by the field of option maxTokensField, else by the one that the server does not refuse", async () => {
    await using wire = await serve(({ body }, response) =>
      "max_tokens" in body
        ? json(
            response,
            {
              error: {
                message:
                  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
              }
            },
            400
          )
        : json(response, completion("Hi."))
    )
    const llm = at.openai(wire.url, { maxRetries: 0, generationKwargs: { maxNewTokens: 9 } })
    const client = Effect.flatMap(llm.open, (opened) =>
      Effect.andThen(
        opened.generate(requestTo(llm, chatOf("Hi"))),
        opened.generate(requestTo(llm, chatOf("Hi")))
      )
    )
    expect(sideBySide(await Effect.runPromise(Effect.scoped(client))).generations).toEqual(["Hi."])
    expect(
      wire.asked.map(({ body }) => [body["max_tokens"], body["max_completion_tokens"]])
    ).toEqual([
      [9, undefined],
      [undefined, 9],
      [undefined, 9]
    ])
    await ask(
      OpenAILLM({
        model: "m",
        baseUrl: wire.url,
        maxTokensField: "max_completion_tokens",
        generationKwargs: { maxNewTokens: 5 }
      }),
      "Hi"
    )
    expect(wire.asked[3]?.body["max_completion_tokens"]).toBe(5)
  })

  it("says so where a server refuses both fields, after one attempt with each", async () => {
    await using wire = await serve((_, response) =>
      json(
        response,
        { error: { message: "max_tokens and max_completion_tokens are not supported" } },
        400
      )
    )
    expect(
      await failure(at.openai(wire.url, { generationKwargs: { maxNewTokens: 9 } }))
    ).toMatchObject({ reason: "InvalidRequest", attempts: 2 })
  })

  it("asks one by one where a server refuses several answers, from then on at once", async () => {
    await using wire = await serve(({ body }, response, index) =>
      Number(body["n"] ?? 1) > 1
        ? json(response, { error: { message: "'n' : number must be at most 1" } }, 400)
        : json(response, completion(`answer ${index}`))
    )
    const llm = at.openai(wire.url, { maxConcurrency: 1 })
    const request = { ...requestTo(llm, chatOf("Hi")), numGenerations: 2 }
    const twice = Effect.flatMap(llm.open, (opened) =>
      Effect.all([opened.generate(request), opened.generate(request)])
    )
    const outputs = await Effect.runPromise(Effect.scoped(twice))
    expect(outputs.map((output) => sideBySide(output).generations)).toEqual([
      ["answer 1", "answer 2"],
      ["answer 3", "answer 4"]
    ])
    expect(wire.asked.map(({ body }) => body["n"])).toEqual([
      2,
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })

  it("takes no more answers than asked for, and counts what the others used", async () => {
    const choices = ["a", "b", "c"].map((content, index) => ({
      index,
      message: { content },
      finish_reason: "stop"
    }))
    await using wire = await serve((_, response) => json(response, completion("", { choices })))
    expect(await ask(at.openai(wire.url), "Hi", { numGenerations: 2 })).toEqual({
      generations: ["a", "b"],
      finishReasons: ["stop", "stop"],
      statistics: { input_tokens: [2, 1], output_tokens: [3, 2] }
    })
  })

  it("asks again for the one of several answers that failed, and keeps the others", async () => {
    const choices = [
      { index: 0, message: { content: "a" }, finish_reason: "stop" },
      {
        index: 1,
        message: { content: "bro" },
        finish_reason: "error",
        error: { message: "upstream failed" }
      }
    ]
    await using wire = await serve((_, response, index) =>
      json(response, index === 0 ? completion("", { choices }) : completion("b"))
    )
    expect((await ask(at.openai(wire.url), "Hi", { numGenerations: 2 })).generations).toEqual([
      "a",
      "b"
    ])
  })

  it("asks for strict mode only where the schema keeps its rules", async () => {
    await using wire = await serve((_, response) => json(response, completion("{}")))
    const optional = { ...person, required: ["name"] }
    await ask(at.openai(wire.url), "Hi", { structuredOutput: { name: "person", schema: optional } })
    expect(wire.asked[0]?.body["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "person", schema: optional }
    })
  })

  it("leaves strict mode out once a server refuses it", async () => {
    await using wire = await serve(({ body }, response) =>
      JSON.stringify(body["response_format"]).includes("strict")
        ? json(
            response,
            {
              error: {
                message: "response_format.json_schema.strict: Extra inputs are not permitted"
              }
            },
            422
          )
        : json(response, completion("{}"))
    )
    expect(
      (
        await ask(at.openai(wire.url, { maxRetries: 0 }), "Hi", {
          structuredOutput: { name: "person", schema: person }
        })
      ).generations
    ).toEqual(["{}"])
  })

  it("sends what is given, extra fields last, and the chat as it is", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    const llm = OpenAILLM({
      model: "model-a",
      baseUrl: wire.url,
      generationKwargs: {
        maxNewTokens: 9,
        logprobs: true,
        topLogprobs: 2,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        temperature: 0,
        topP: 0.5,
        stop: ["x"],
        seed: 3,
        responseFormat: { type: "json_object" },
        extraBody: { top_k: 4, temperature: 0.3 }
      },
      defaultHeaders: { "x-tenant": "blue" }
    })
    await ask(llm, chat, { numGenerations: 1 })
    expect(wire.asked[0]?.body).toEqual({
      model: "model-a",
      messages: chat,
      max_tokens: 9,
      logprobs: true,
      top_logprobs: 2,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      temperature: 0.3,
      top_p: 0.5,
      stop: ["x"],
      seed: 3,
      response_format: { type: "json_object" },
      top_k: 4
    })
    expect(wire.asked[0]?.headers["x-tenant"]).toBe("blue")
    expect(wire.asked[0]?.path).toBe("/chat/completions")
  })

  it("asks for a structured output in strict mode, under a name that OpenAI takes", async () => {
    await using wire = await serve((_, response) => json(response, completion("{}")))
    await ask(at.openai(wire.url), "Hi", {
      structuredOutput: { name: "A person!", schema: person }
    })
    expect(wire.asked[0]?.body["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "A_person_", schema: person, strict: true }
    })
  })

  it("passes log probabilities on for each answer, and counts its tokens by them", async () => {
    await using simulator = await startSimulator()
    const llm = OpenAILLM({
      model: "m",
      baseUrl: simulator.openaiBaseUrl,
      generationKwargs: { logprobs: true, topLogprobs: 2, maxNewTokens: 4 }
    })
    const { logprobs, statistics } = await ask(llm, "Name a colour", { numGenerations: 2 })
    expect(logprobs).toEqual(
      [0, 1].map(() =>
        Array.from({ length: 4 }, () =>
          [0, 1].map(() => ({ token: expect.any(String), logprob: expect.any(Number) }))
        )
      )
    )
    expect(statistics.output_tokens).toEqual([4, 4])
  })

  it("asks again for answers that a server left out", async () => {
    await using wire = await serve((_, response, index) =>
      json(response, completion(`answer ${index}`))
    )
    const output = await ask(at.openai(wire.url, { generationKwargs: { seed: 10 } }), "Hi", {
      numGenerations: 3
    })
    expect(output).toEqual({
      generations: ["answer 0", "answer 1", "answer 2"],
      statistics: { input_tokens: [3, 3, 3], output_tokens: [5, 5, 5] },
      finishReasons: ["stop", "stop", "stop"]
    })
    expect(wire.asked.map(({ body }) => [body["n"], body["seed"]])).toEqual([
      [3, 10],
      [undefined, 11],
      [undefined, 12]
    ])
  })

  it("gives null for null content, and the text of content in parts", async () => {
    await using wire = await serve((_, response, index) =>
      json(
        response,
        completion(
          index === 0
            ? null
            : [
                { type: "text", text: "Hi" },
                { type: "text", text: " you" }
              ]
        )
      )
    )
    expect((await ask(at.openai(wire.url), "Hi")).generations).toEqual([null])
    expect((await ask(at.openai(wire.url), "Hi")).generations).toEqual(["Hi you"])
  })

  it("takes answers that lack all but the text", async () => {
    await using wire = await serve((_, response) =>
      json(response, { choices: [{ message: { content: "Hi" } }] })
    )
    expect(await ask(at.openai(wire.url), "Hi")).toEqual({
      generations: ["Hi"],
      statistics: {},
      finishReasons: ["stop"]
    })
  })
})

describe("a MistralLLM", () => {
  it("sends only what is given, under Mistral's names", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    await ask(at.mistral(wire.url), "Hi")
    const kwargs = { maxNewTokens: 9, temperature: 0.1, topP: 0.5, seed: 3 }
    await ask(
      MistralLLM({ model: "model-a", endpoint: `${wire.url}/v1/`, generationKwargs: kwargs }),
      [...chat, { role: "assistant", content: "It is" }]
    )
    expect(wire.asked[0]?.body).toEqual({
      model: "model-a",
      messages: [{ role: "user", content: "Hi" }]
    })
    expect(wire.asked[1]).toMatchObject({
      path: "/v1/chat/completions",
      body: { max_tokens: 9, temperature: 0.1, top_p: 0.5, random_seed: 3 }
    })
    const messages = wire.asked[1]?.body.messages ?? []
    expect(messages[3]?.content).toMatchObject([
      { type: "text" },
      { type: "image_url", image_url: { url: "data:image/png;base64,QUJD" } }
    ])
    expect(messages.map(({ prefix, role }) => [role, prefix ?? false])).toEqual([
      ["system", false],
      ["user", false],
      ["assistant", false],
      ["user", false],
      ["assistant", true]
    ])
  })

  it("joins the texts of an answer in chunks and tells its thoughts apart", async () => {
    const chunks = [
      { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
      { type: "text", text: "Blue" },
      { type: "text", text: "." }
    ]
    await using wire = await serve((_, response) => json(response, completion(chunks)))
    expect(await ask(at.mistral(wire.url), "Hi")).toMatchObject({
      generations: ["Blue."],
      reasonings: ["Hm."]
    })
  })

  it("gives every answer to a question its own seed", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    await ask(at.mistral(wire.url, { generationKwargs: { seed: 5 } }), "Hi", { numGenerations: 3 })
    expect(wire.asked.map(({ body }) => body["random_seed"]).sort()).toEqual([5, 6, 7])
  })
})

describe("a VertexAILLM", () => {
  it("sends the chat in Gemini's shape and the kwargs under Google's names", async () => {
    await using wire = await serve((_, response) => json(response, candidates("Hi.")))
    const llm = VertexAILLM({
      model: "gemini-1.5-pro",
      project: "my-project",
      location: "europe-west1",
      baseUrl: wire.url,
      accessToken: "test-token",
      generationKwargs: {
        maxNewTokens: 9,
        temperature: 0.1,
        topP: 0.5,
        topK: 3,
        stopSequences: ["x"],
        seed: 4,
        thinkingConfig: { includeThoughts: true },
        safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }]
      }
    })
    await ask(llm, chat)
    expect(wire.asked[0]).toMatchObject({
      path: "/v1/projects/my-project/locations/europe-west1/publishers/google/models/gemini-1.5-pro:generateContent",
      headers: { authorization: "Bearer test-token" },
      body: {
        systemInstruction: { parts: [{ text: "Be brief." }] },
        contents: [
          { role: "user", parts: [{ text: "Hi" }] },
          { role: "model", parts: [{ text: "Hello!" }] },
          {
            role: "user",
            parts: [
              { text: "What is this?" },
              { inlineData: { mimeType: "image/png", data: "QUJD" } }
            ]
          }
        ],
        generationConfig: {
          maxOutputTokens: 9,
          temperature: 0.1,
          topP: 0.5,
          topK: 3,
          stopSequences: ["x"],
          seed: 4,
          thinkingConfig: { includeThoughts: true }
        },
        safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }]
      }
    })
  })

  it("tells thoughts from the text and counts them among the tokens", async () => {
    await using wire = await serve((_, response) =>
      json(response, {
        candidates: [
          {
            content: { role: "model", parts: [{ text: "Hm.", thought: true }, { text: "Blue." }] },
            finishReason: "STOP"
          }
        ],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 40 }
      })
    )
    expect(await ask(at.vertex(wire.url), "Hi")).toEqual({
      generations: ["Blue."],
      reasonings: ["Hm."],
      statistics: { input_tokens: [3], output_tokens: [42], reasoning_tokens: [40] },
      finishReasons: ["stop"]
    })
  })

  it("gives null where thoughts used up all tokens", async () => {
    await using wire = await serve((_, response) =>
      json(response, { candidates: [{ content: { role: "model" }, finishReason: "MAX_TOKENS" }] })
    )
    expect(await ask(at.vertex(wire.url), "Hi")).toEqual({
      generations: [null],
      statistics: {},
      finishReasons: ["length"]
    })
  })
})
