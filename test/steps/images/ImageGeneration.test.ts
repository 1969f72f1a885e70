import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
  from,
  fromYamlPromise,
  ImageGeneration,
  LoadDataFromDicts,
  OpenAIImages,
  OpenAILLM,
  Pipeline,
  type Row,
  runPromise,
  runStepPromise,
  ScriptedLLM,
  TextGenerationWithImage,
  toYamlPromise
} from "../../../src/index.ts"
import { startSimulator } from "../../../src/simulator/index.ts"
import { camelCased, fixtures } from "../../fixtures.ts"
import { json, serve } from "../../models/wire.ts"

const quiet = { progress: "none", report: false } as const
const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-images-"))

const drawnBy = (url: string, more: object = {}) =>
  OpenAIImages({
    model: "stub-model",
    baseUrl: `${url}/v1`,
    preflight: false,
    maxRetries: 0,
    ...more
  })

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

/** Images by the answer that they came with, as Python has them in its base64. */
type Answer = { readonly images?: ReadonlyArray<string> } | null

describe("image-generation does as distilabel 1.5.3 did", () => {
  fixtures("step-image-generation").forEach((fixture, i) => {
    // Here each image of several has a row.
    const isBetter = i + 1 === 5
    it(`${fixture.title}${isBetter ? " (better here)" : ""}`, async () => {
      const answers = fixture.generations as unknown as ReadonlyArray<ReadonlyArray<Answer>>
      await using wire = await serve((request, response) => {
        const { prompt } = request.body
        const at = fixture.inputs.findIndex((row) => (row as Row)["prompt"] === prompt)
        const images = answers[at]!.flatMap((answer) => answer?.images ?? [])
        json(response, { data: images.map((b64_json) => ({ b64_json })) })
      })
      const { addRawInput: _input, addRawOutput: _output, ...config } = camelCased(fixture.config)
      const { errors, rows } = await runStepPromise(
        ImageGeneration({ name: "it", llm: drawnBy(wire.url), ...config }),
        fixture.inputs as ReadonlyArray<{ readonly prompt: string }>
      )
      const expected = isBetter
        ? answers[0]!.map((answer) => answer!.images![0])
        : fixture.outputs!.flatMap(({ image }) => (image === null ? [] : [image]))
      expect(rows.map(({ image }) => base64(image.bytes))).toEqual(expected)
      expect(rows.every((row) => row.model_name === "stub-model")).toBe(true)
      // Python has null where the model drew nothing.
      expect(errors).toHaveLength(fixture.outputs!.filter(({ image }) => image === null).length)
    })
  })
})

describe("images", () => {
  it("are saved as images: for the Hub, and for datasets of Python", async () => {
    await using simulator = await startSimulator()
    const llm = OpenAIImages({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "none" })
    const pipeline = Pipeline(
      "images",
      {},
      from(
        LoadDataFromDicts({ name: "load", data: [{ prompt: "A río" }, { prompt: "A cat 🐈" }] })
      ).to(ImageGeneration({ name: "draw", llm, numGenerations: 2 }))
    )
    const cacheDir = folder()
    const distiset = await runPromise(pipeline, { ...quiet, cacheDir })
    const rows = await distiset.default.toArray()
    expect(rows.map(({ prompt }) => prompt)).toEqual(["A río", "A río", "A cat 🐈", "A cat 🐈"])
    for (const { image } of rows) {
      expect(base64(image.bytes)).toMatch(/^iVBORw0KGgo/)
      expect(image.path).toMatch(/^[0-9a-f]{32}(-1)?\.png$/)
    }
    expect(new Set(rows.map(({ image }) => image.path)).size).toBe(4)
    const saved = join(folder(), "saved")
    await distiset.saveToDisk(saved)
    expect(readFileSync(join(saved, "README.md"), "utf8")).toMatch(
      /- name: "?image"?\n\s+dtype: "?image"?/
    )
    // What was paid for is not drawn again.
    const asked = simulator.stats().requests
    const again = await runPromise(pipeline, { ...quiet, cacheDir })
    expect(await again.default.toArray()).toEqual(rows)
    expect(simulator.stats().requests).toBe(asked)
  })

  it("are fetched where the server gives addresses, and an error row where they are gone", async () => {
    await using wire = await serve((request, response) => {
      const name = String(request.body["prompt"])
      json(response, { data: [{ url: `${wire.url}/${name}.webp` }] })
    })
    const original = globalThis.fetch
    globalThis.fetch = async (input, init) => {
      const address = input instanceof Request ? input.url : String(input)
      if (!address.endsWith(".webp")) return original(input, init)
      return address.includes("gone")
        ? new Response("", { status: 404 })
        : new Response(new Uint8Array([1, 2, 3]), { headers: { "content-type": "image/webp" } })
    }
    try {
      const { errors, rows } = await runStepPromise(
        ImageGeneration({ name: "it", llm: drawnBy(wire.url) }),
        [{ prompt: "there" }, { prompt: "gone" }]
      )
      expect(rows.map(({ image }) => [[...image.bytes], image.path.split(".")[1]])).toEqual([
        [[1, 2, 3], "webp"]
      ])
      expect(errors).toMatchObject([
        { reason: "ImageLost", detail: expect.stringContaining("status 404") }
      ])
    } finally {
      globalThis.fetch = original
    }
  })

  it("are not asked for without a description, nor of a model that does not draw", async () => {
    await using wire = await serve((_, response) => json(response, { data: [] }))
    const { errors } = await runStepPromise(
      ImageGeneration({ name: "it", llm: drawnBy(wire.url) }),
      [{ prompt: " " }]
    )
    expect(errors.map(({ detail }) => detail)).toEqual(["'prompt' is empty"])
    expect(wire.asked).toEqual([])
    await expect(
      runStepPromise(
        ImageGeneration({ name: "it", llm: OpenAILLM({ model: "m", apiKey: "k" }) as never }),
        [{ prompt: "x" }]
      )
    ).rejects.toThrow(/OpenAILLM does not draw\. Give the step a model that does/)
  })

  it("are what a model that sees may be asked about", async () => {
    await using simulator = await startSimulator()
    const seen: Array<string> = []
    const pipeline = Pipeline(
      "seen",
      {},
      from(LoadDataFromDicts({ name: "load", data: [{ prompt: "A cat", instruction: "What?" }] }))
        .to(
          ImageGeneration({
            name: "draw",
            llm: OpenAIImages({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "none" })
          })
        )
        .to(
          TextGenerationWithImage({
            name: "see",
            llm: ScriptedLLM({
              answers: (chat) => {
                seen.push(JSON.stringify(chat))
                return "A cat."
              }
            })
          })
        )
    )
    const { default: subset } = await runPromise(pipeline, { ...quiet, cacheDir: folder() })
    expect((await subset.toArray()).map(({ generation }) => generation)).toEqual(["A cat."])
    expect(seen[0]).toContain("data:image/png;base64,iVBORw0KGgo")
  })

  it("are drawn by pipelines from documents, which name the model as Python does", async () => {
    const text = await toYamlPromise(
      Pipeline(
        "images",
        {},
        from(LoadDataFromDicts({ name: "load", data: [{ prompt: "x" }] })).to(
          ImageGeneration({ name: "draw", llm: drawnBy("http://localhost:1"), numGenerations: 3 })
        )
      )
    )
    expect(text).toMatch(/image_generation_model:[^]*num_generations: 3/)
    expect(await toYamlPromise(await fromYamlPromise(text))).toBe(text)
  })
})
