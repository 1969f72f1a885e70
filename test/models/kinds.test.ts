/** What models are asked for besides chats: prompts to go on from, and images. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { LLMClients } from "../../src/models/asking/LLMClients.ts"
import type { CompletionModel } from "../../src/models/chat/Completion.ts"
import type { ImagesModel } from "../../src/models/chat/Images.ts"
import type { LLMEvent } from "../../src/models/chat/LLMEvents.ts"
import { InferenceEndpointsImages } from "../../src/models/huggingface/InferenceEndpointsImages.ts"
import { OpenAICompletions } from "../../src/models/openai/OpenAICompletions.ts"
import { OpenAIEmbeddings } from "../../src/models/openai/OpenAIEmbeddings.ts"
import { OpenAIImages } from "../../src/models/openai/OpenAIImages.ts"
import { OpenAILLM } from "../../src/models/openai/OpenAILLM.ts"
import { ScriptedLLM } from "../../src/models/scripted/ScriptedLLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { json, serve } from "./wire.ts"

const key = { apiKey: "test-key", maxRetries: 1 }

const completing = (
  model: CompletionModel,
  prompt: string,
  numGenerations = 1,
  observer?: (event: LLMEvent) => void
) =>
  Effect.scoped(
    Effect.flatMap(model.open, (client) =>
      client.generate(
        { prompt, numGenerations, generationKwargs: model.generationKwargs },
        observer
      )
    )
  )

const drawing = (
  model: ImagesModel,
  prompt: string,
  numGenerations = 1,
  observer?: (event: LLMEvent) => void
) =>
  Effect.scoped(
    Effect.flatMap(model.open, (client) =>
      client.generate(
        { prompt, numGenerations, generationKwargs: model.generationKwargs },
        observer
      )
    )
  )

describe("an OpenAICompletions", () => {
  it("goes on from a prompt, several times in one request, with usage", async () => {
    await using simulator = await startSimulator()
    const model = OpenAICompletions({ model: "base", baseUrl: simulator.openaiBaseUrl, ...key })
    const events: Array<LLMEvent> = []
    const { answers } = await Effect.runPromise(
      completing(model, "The Ucayali", 3, (event) => events.push(event))
    )
    expect(answers).toHaveLength(3)
    expect(answers.every(({ text }) => /\w/.test(text ?? ""))).toBe(true)
    expect(simulator.stats()).toMatchObject({ requests: 1, answered: 1 })
    expect(events.map(({ kind, providerId, requests }) => [kind, requests, providerId])).toEqual([
      ["request", "completion", "openai"],
      ["success", "completion", "openai"]
    ])
    expect(events[1]!.outputTokens).toBe(simulator.stats().outputTokens)
  })

  it("says that an answer was cut at its limit", async () => {
    await using simulator = await startSimulator()
    const model = OpenAICompletions({
      model: "base",
      baseUrl: simulator.openaiBaseUrl,
      generationKwargs: { maxNewTokens: 3 },
      ...key
    })
    const { answers } = await Effect.runPromise(completing(model, "Name a river in Peru."))
    expect(answers[0]).toMatchObject({ finishReason: "length", usage: { output: 3 } })
  })

  it("sends the prompt as it is, and only what was given", async () => {
    await using wire = await serve((_, response) =>
      json(response, { choices: [{ index: 0, text: " on", finish_reason: "stop" }] })
    )
    const at = { baseUrl: `${wire.url}/v1`, preflight: false, ...key }
    const plain = OpenAICompletions({ model: "base", ...at })
    const { answers } = await Effect.runPromise(completing(plain, "and so"))
    expect(answers).toEqual([{ text: " on", finishReason: "stop" }])
    const full = OpenAICompletions({
      model: "base",
      generationKwargs: { maxNewTokens: 9, topP: 0.5, stop: ["."], extraBody: { best_of: 2 } },
      ...at
    })
    await Effect.runPromise(completing(full, "and so"))
    expect(wire.asked.map(({ body, path }) => [path, body])).toEqual([
      ["/v1/completions", { model: "base", prompt: "and so" }],
      [
        "/v1/completions",
        { model: "base", prompt: "and so", max_tokens: 9, top_p: 0.5, stop: ["."], best_of: 2 }
      ]
    ])
  })
})

describe("an OpenAIImages", () => {
  it("draws images, always the same for the same words, with usage", async () => {
    await using simulator = await startSimulator()
    const model = OpenAIImages({ model: "drawer", baseUrl: simulator.openaiBaseUrl, ...key })
    const events: Array<LLMEvent> = []
    const { images, usage } = await Effect.runPromise(
      drawing(model, "A river", 2, (event) => events.push(event))
    )
    expect(images).toHaveLength(2)
    for (const image of images) {
      expect(image).toMatchObject({ mimeType: "image/png" })
      const bytes = Buffer.from("data" in image ? image.data : "", "base64")
      expect(bytes.subarray(1, 4).toString()).toBe("PNG")
    }
    expect(usage?.output).toBe(simulator.stats().outputTokens)
    expect(events[0]).toMatchObject({ kind: "request", requests: "images", providerId: "openai" })
    expect((await Effect.runPromise(drawing(model, "A river", 2))).images).toEqual(images)
    expect((await Effect.runPromise(drawing(model, "Bread"))).images[0]).not.toEqual(images[0])
  })

  it("reads addresses too, and asks again where there is no image", async () => {
    await using wire = await serve((_, response, index) =>
      json(response, { data: index === 0 ? [] : [{ url: "https://images.example/1.png" }] })
    )
    const model = OpenAIImages({
      model: "drawer",
      baseUrl: `${wire.url}/v1`,
      generationKwargs: { size: "256x256" },
      preflight: false,
      ...key
    })
    expect((await Effect.runPromise(drawing(model, "A river"))).images).toEqual([
      { url: "https://images.example/1.png" }
    ])
    expect(wire.asked.map(({ body, path }) => [path, body])).toEqual(
      Array.from({ length: 2 }, () => [
        "/v1/images/generations",
        { model: "drawer", prompt: "A river", size: "256x256" }
      ])
    )
  })

  it("is waited for like any model, and not asked before a run", async () => {
    await using simulator = await startSimulator({
      faults: [{ kind: "rate-limit", share: 1, retryAfterSeconds: 0 }]
    })
    const model = OpenAIImages({ model: "drawer", baseUrl: simulator.openaiBaseUrl, ...key })
    expect((await Effect.runPromise(drawing(model, "A river"))).images).toHaveLength(1)
    expect(simulator.stats()).toMatchObject({ requests: 2, answered: 1 })
  })
})

it("every model says what it is asked for", () => {
  const kinds = [
    OpenAILLM({ model: "m" }),
    ScriptedLLM({ answers: "a" }),
    OpenAICompletions({ model: "m" }),
    OpenAIEmbeddings({ model: "m" }),
    OpenAIImages({ model: "m" })
  ].map(({ kind }) => kind)
  expect(kinds).toEqual(["chat", "chat", "completion", "embeddings", "images"])
})

it("a layer for LLMs opens LLMs, and leaves other models alone", async () => {
  await using simulator = await startSimulator()
  const at = { model: "m", baseUrl: simulator.openaiBaseUrl, ...key }
  const opened: Array<string> = []
  const layer = LLMClients.layer((llm) => {
    opened.push(llm.type)
    return llm.open
  })
  const program = LLMClients.share()(
    Effect.scoped(
      Effect.all([
        LLMClients.client(OpenAILLM(at)),
        LLMClients.client(OpenAIEmbeddings(at)),
        LLMClients.client(OpenAICompletions(at)),
        LLMClients.client(OpenAIImages(at))
      ])
    )
  )
  await Effect.runPromise(Effect.provide(program, layer))
  expect(opened).toEqual(["OpenAILLM"])
})

describe("an InferenceEndpointsImages", () => {
  const png = Buffer.from("iVBORw0KGgo=", "base64")
  const hub = (url: string) => ({
    model: "black-forest-labs/FLUX.1-schnell",
    baseUrl: `${url}/hf-inference`,
    apiKey: "hf_test",
    maxRetries: 1
  })

  it("draws by the model's own address, each image in a request of its own, as files of any bytes", async () => {
    await using simulator = await startSimulator()
    const { images } = await Effect.runPromise(
      drawing(InferenceEndpointsImages(hub(simulator.url)), "a river", 2)
    )
    expect(images).toHaveLength(2)
    for (const image of images) {
      expect(image).toMatchObject({ mimeType: "image/png" })
      const bytes = Buffer.from("data" in image ? image.data : "", "base64")
      expect(bytes.subarray(0, 8)).toEqual(png.subarray(0, 8))
      // A PNG ends in its last chunk: no byte was lost on the way.
      expect(bytes.subarray(-8, -4).toString()).toBe("IEND")
    }
    expect(simulator.stats()).toMatchObject({ requests: 2, answered: 2 })
  })

  it("sends only what is set, under the names that the server knows", async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "image/jpeg" }).end(Buffer.from([255, 216, 128, 0]))
    })
    const model = InferenceEndpointsImages({
      ...hub(server.url),
      generationKwargs: { width: 64, numInferenceSteps: 4 }
    })
    const { images } = await Effect.runPromise(drawing(model, "a sea"))
    expect(images).toEqual([{ data: "/9iAAA==", mimeType: "image/jpeg" }])
    expect(server.asked).toMatchObject([
      {
        path: "/hf-inference/models/black-forest-labs/FLUX.1-schnell",
        body: { inputs: "a sea", parameters: { width: 64, num_inference_steps: 4 } }
      }
    ])
  })

  it("tells what came where that is no image", async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(`{"status": "queued"}`)
    })
    const exit = await Effect.runPromise(
      Effect.flip(drawing(InferenceEndpointsImages(hub(server.url)), "a sea"))
    )
    expect(exit.message).toContain(`no image but application/json: {"status": "queued"}`)
  })
})
