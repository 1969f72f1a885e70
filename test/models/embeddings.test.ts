import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { pricesOf } from "../../src/models/asking/prices.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { CohereEmbeddings } from "../../src/models/cohere/CohereEmbeddings.ts"
import type { EmbeddingsModel, EmbedOutput } from "../../src/models/embeddings/Embeddings.ts"
import { MistralEmbeddings } from "../../src/models/mistral/MistralEmbeddings.ts"
import { OpenAIEmbeddings } from "../../src/models/openai/OpenAIEmbeddings.ts"
import { embeddings } from "../../src/models/own/embeddings.ts"
import { VertexAIEmbeddings } from "../../src/models/vertex/VertexAIEmbeddings.ts"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { json, serve } from "./wire.ts"

const embedding = (
  model: EmbeddingsModel,
  texts: ReadonlyArray<string>,
  observer?: (event: LLMEvent) => void
) =>
  Effect.scoped(
    Effect.flatMap(model.open, (client) =>
      client.generate({ texts, generationKwargs: model.generationKwargs }, observer)
    )
  )

const embed = (model: EmbeddingsModel, texts: ReadonlyArray<string>): Promise<EmbedOutput> =>
  Effect.runPromise(embedding(model, texts))

const at = (baseUrl: string, more: object = {}) =>
  OpenAIEmbeddings({ model: "embedder", baseUrl, apiKey: "test-key", maxRetries: 1, ...more })

describe("an OpenAIEmbeddings", () => {
  it("gives a vector for each text, in their order, and counts tokens", async () => {
    await using simulator = await startSimulator()
    const model = at(simulator.openaiBaseUrl)
    const { embeddings: both, usage } = await embed(model, ["The Rhine flows.", "Bread rises."])
    expect(both.map((vector) => vector.length)).toEqual([256, 256])
    expect((await embed(model, ["Bread rises."])).embeddings).toEqual([both[1]])
    expect(usage?.input).toBe(
      simulator.stats().inputTokens - (await embed(model, ["Bread rises."])).usage!.input
    )
  })

  it("sends dimensions and further fields only where they are given", async () => {
    const vector = { data: [{ index: 0, embedding: [0.5, 0.5] }] }
    await using wire = await serve((_, response) => json(response, vector))
    await embed(at(`${wire.url}/v1`), ["a"])
    await embed(
      at(`${wire.url}/v1`, { generationKwargs: { dimensions: 2, extraBody: { user: "u" } } }),
      ["a"]
    )
    expect(wire.asked.map(({ body, path }) => [path, body])).toEqual([
      ["/v1/embeddings", { model: "embedder", input: ["a"], encoding_format: "float" }],
      [
        "/v1/embeddings",
        { model: "embedder", input: ["a"], encoding_format: "float", dimensions: 2, user: "u" }
      ]
    ])
  })

  it("puts vectors in the order of their texts, and asks again where one is missing", async () => {
    await using wire = await serve((_, response, index) =>
      json(response, {
        data: [{ index: 1, embedding: [2] }, ...(index === 0 ? [] : [{ index: 0, embedding: [1] }])]
      })
    )
    expect((await embed(at(`${wire.url}/v1`), ["a", "b"])).embeddings).toEqual([[1], [2]])
    expect(wire.asked).toHaveLength(2)
  })

  it("waits and asks again like any model, and fails to open without its model", async () => {
    await using simulator = await startSimulator({
      faults: [{ kind: "rate-limit", share: 1, retryAfterSeconds: 0 }]
    })
    expect((await embed(at(simulator.openaiBaseUrl), ["a"])).embeddings).toHaveLength(1)
    expect(simulator.stats()).toMatchObject({ requests: 2, answered: 1 })
    await using other = await startSimulator({ models: ["another"] })
    const error = await Effect.runPromise(Effect.flip(embedding(at(other.openaiBaseUrl), ["a"])))
    expect(error).toMatchObject({ reason: "ModelNotFound", llm: "OpenAIEmbeddings" })
  })

  it("has a price in the list", () => {
    const model = OpenAIEmbeddings({ model: "text-embedding-3-small" })
    expect(
      pricesOf([model]).get(model)?.({ inputTokens: 1_000_000, outputTokens: 0 })
    ).toBeGreaterThan(0)
  })
})

describe.each([
  {
    name: "MistralEmbeddings",
    of: ({ mistralUrl }: Simulator, generationKwargs: object) =>
      MistralEmbeddings({
        model: "mistral-embed",
        endpoint: mistralUrl,
        apiKey: "test-key",
        generationKwargs
      }),
    requests: 1
  },
  {
    name: "CohereEmbeddings",
    of: ({ cohereUrl }: Simulator, generationKwargs: object) =>
      CohereEmbeddings({
        model: "embed-v4.0",
        baseUrl: cohereUrl,
        apiKey: "test-key",
        generationKwargs
      }),
    requests: 1
  },
  {
    name: "VertexAIEmbeddings",
    of: ({ vertexUrl }: Simulator, generationKwargs: object) =>
      VertexAIEmbeddings({
        model: "text-embedding-005",
        baseUrl: vertexUrl,
        accessToken: "test-token",
        project: "p",
        generationKwargs
      }),
    requests: 1
  },
  {
    name: "VertexAIEmbeddings of a model that takes one text a request",
    of: ({ vertexUrl }: Simulator, generationKwargs: object) =>
      VertexAIEmbeddings({
        model: "gemini-embedding-2",
        baseUrl: vertexUrl,
        accessToken: "test-token",
        project: "p",
        generationKwargs
      }),
    requests: 3
  }
])("$name", ({ of, requests }) => {
  it("gives each text the vector that it has alone, of the wanted length, and counts tokens", async () => {
    await using simulator = await startSimulator()
    const texts = ["The Rhine flows.", "Bread rises.", "größer 🐈"]
    const { embeddings: all, usage } = await embed(of(simulator, { dimensions: 8 }), texts)
    expect(all.map((vector) => vector.length)).toEqual([8, 8, 8])
    expect(usage?.input).toBe(simulator.stats().inputTokens)
    expect(simulator.stats().answered).toBe(requests)
    expect((await embed(of(simulator, { dimensions: 8 }), [texts[1]!])).embeddings).toEqual([
      all[1]
    ])
    expect((await embed(of(simulator, {}), [texts[1]!])).embeddings[0]).not.toHaveLength(8)
  })

  it("waits and asks again, and a text that is refused is an error that says so", async () => {
    await using simulator = await startSimulator({
      faults: [{ kind: "rate-limit", share: 1, retryAfterSeconds: 0 }]
    })
    expect((await embed(of(simulator, {}), ["a"])).embeddings).toHaveLength(1)
    expect(simulator.stats()).toMatchObject({ requests: 2, answered: 1 })
    const error = await Effect.runPromise(Effect.flip(embedding(of(simulator, {}), [""])))
    expect(error).toMatchObject({ reason: "InvalidRequest" })
  })
})

describe("a CohereEmbeddings", () => {
  it("splits what one request may not hold, and says what the vectors are for", async () => {
    await using wire = await serve((request, response) =>
      json(response, {
        embeddings: {
          float: (request.body as unknown as { readonly texts: ReadonlyArray<string> }).texts.map(
            (text) => [Number(text)]
          )
        },
        meta: { billed_units: { input_tokens: 1 } }
      })
    )
    const model = CohereEmbeddings({
      model: "m",
      baseUrl: wire.url,
      apiKey: "k",
      preflight: false,
      generationKwargs: { inputType: "clustering" }
    })
    const texts = Array.from({ length: 200 }, (_, i) => String(i))
    const { embeddings: vectors, usage } = await embed(model, texts)
    expect(vectors.flat()).toEqual(texts.map(Number))
    expect(usage).toEqual({ input: 3 })
    expect(wire.asked.map(({ body }) => body as object)).toEqual(
      [96, 96, 8].map((length) => ({
        model: "m",
        texts: expect.objectContaining({ length }) as unknown,
        input_type: "clustering",
        embedding_types: ["float"]
      }))
    )
  })
})

describe("embeddings of one's own", () => {
  it("come from a function, with events of every attempt", async () => {
    const model = embeddings({
      name: "Lengths",
      model: "characters",
      maxRetries: 1,
      ask: ({ texts }, { attempt }) => {
        if (attempt === 1) throw Object.assign(new Error("busy"), { status: 503 })
        return texts.map((text) => [text.length])
      }
    })
    const events: Array<LLMEvent["kind"]> = []
    const output = await Effect.runPromise(
      embedding(model, ["a", "bcd"], ({ kind }) => events.push(kind))
    )
    expect(output.embeddings).toEqual([[1], [3]])
    expect(events).toEqual(["request", "retry", "request", "success"])
  })

  it("that are no vectors fail", async () => {
    const model = embeddings({ name: "None", model: "m", maxRetries: 0, ask: () => [[]] })
    const error = await Effect.runPromise(Effect.flip(embedding(model, ["a"])))
    expect(error).toMatchObject({ reason: "InvalidAnswer", llm: "None" })
  })
})
