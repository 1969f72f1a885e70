import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  EmbeddingGeneration,
  type EmbedRequest,
  embeddings,
  from,
  fromYamlPromise,
  GenerateEmbeddings,
  LoadDataFromDicts,
  OpenAIEmbeddings,
  OpenAILLM,
  Pipeline,
  run,
  runPromise,
  runStepPromise,
  toYamlPromise
} from "../../../src/index.ts"
import { startSimulator } from "../../../src/simulator/index.ts"
import { fixtures } from "../../fixtures.ts"

/** A model that notes which texts come in which request. */
const lengths = (options: { readonly refuses?: string } = {}) => {
  const asked: Array<ReadonlyArray<string>> = []
  const llm = embeddings({
    name: "Lengths",
    model: "lengths",
    maxRetries: 0,
    ask: ({ texts }: EmbedRequest) => {
      asked.push(texts)
      if (options.refuses !== undefined && texts.includes(options.refuses))
        throw Object.assign(new Error("too long"), { status: 400 })
      return texts.map((text) => [text.length, 0.5])
    }
  })
  return { asked, llm }
}

const load = (texts: ReadonlyArray<string>) =>
  LoadDataFromDicts({ name: "load", data: texts.map((text) => ({ text })) })

it("texts go to the model together, as many as a batch holds, and equal texts once", async () => {
  const { asked, llm } = lengths()
  const texts = Array.from({ length: 100 }, (_, i) => (i < 10 ? "same" : `text ${i}`))
  const embed = EmbeddingGeneration({ name: "embed", llm, inputBatchSize: 20 })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load(texts)).to(embed)), {
    progress: "none"
  })
  expect(await rows.toArray()).toEqual(
    texts.map((text) => ({ text, embedding: [text.length, 0.5], model_name: "lengths" }))
  )
  expect(asked.length).toBeLessThan(20)
  expect(asked.every((some) => some.length <= 20 && new Set(some).size === some.length)).toBe(true)
})

it("a text that the model refuses is the only error row of its request", async () => {
  const { asked, llm } = lengths({ refuses: "bad" })
  const texts = Array.from({ length: 16 }, (_, i) => (i === 5 ? "bad" : `text ${i}`))
  const embed = EmbeddingGeneration({ name: "embed", llm })
  const { default: rows } = await runPromise(Pipeline("p", {}, from(load(texts)).to(embed)), {
    progress: "none"
  })
  expect(rows.errorCount).toBe(1)
  expect((await rows.errors().toArray()).map(({ row }) => row)).toMatchObject([{ text: "bad" }])
  expect(asked.length).toBeLessThan(16)
})

it("a later run asks only for texts that are new, however they are batched", async () => {
  await using simulator = await startSimulator()
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-embed-"))
  const embedded = async (texts: ReadonlyArray<string>, inputBatchSize: number) => {
    const embed = EmbeddingGeneration({
      name: "embed",
      llm: OpenAIEmbeddings({
        model: "embedder",
        baseUrl: simulator.openaiBaseUrl,
        apiKey: "test-key"
      }),
      inputBatchSize
    })
    const distiset = await Effect.runPromise(
      run(Pipeline("p", {}, from(load(texts)).to(embed)), { progress: "none", outputDir })
    )
    return distiset.default.toArray()
  }
  const first = await embedded(["a", "b", "c", "d"], 4)
  const { inputTokens } = simulator.stats()
  expect(simulator.stats().answered).toBe(1)
  const second = await embedded(["d", "e", "b", "a"], 2)
  expect(second.map(({ embedding }) => embedding)).toEqual([
    first[3]!.embedding,
    expect.any(Array),
    first[1]!.embedding,
    first[0]!.embedding
  ])
  expect(simulator.stats().inputTokens - inputTokens).toBeLessThan(inputTokens)
})

it("what a request used is shared among its texts, and the run's sum is what the provider counted", async () => {
  await using simulator = await startSimulator()
  const texts = ["one", "two words", "three words here", "one", "and four more words"]
  const embed = EmbeddingGeneration({
    name: "embed",
    llm: OpenAIEmbeddings({
      model: "embedder",
      baseUrl: simulator.openaiBaseUrl,
      apiKey: "test-key"
    })
  })
  let told = 0
  await runPromise(Pipeline("sum", {}, from(load(texts)).to(embed)), {
    progress: "none",
    onSummary: ({ steps }) => {
      told = steps.reduce((sum, step) => sum + step.inputTokens, 0)
    }
  })
  expect(told).toBe(simulator.stats().inputTokens)
  expect(simulator.stats().answered).toBe(1)
})

it("a run that is stopped while texts wait asks for the rest when it is resumed", async () => {
  await using simulator = await startSimulator({ latency: { kind: "constant", ms: 40 } })
  const outputDir = mkdtempSync(join(tmpdir(), "distilabel-embed-"))
  const texts = Array.from({ length: 60 }, (_, i) => `text ${i} of the run that is stopped`)
  const embed = EmbeddingGeneration({
    name: "embed",
    llm: OpenAIEmbeddings({
      model: "embedder",
      baseUrl: simulator.openaiBaseUrl,
      apiKey: "test-key",
      maxConcurrency: 1
    }),
    inputBatchSize: 10
  })
  const pipeline = Pipeline("stopped", {}, from(load(texts)).to(embed))
  const settings = { progress: "none", outputDir } as const
  await Effect.runPromise(run(pipeline, settings).pipe(Effect.timeoutOption("120 millis")))
  const { default: rows } = await runPromise(pipeline, settings)
  expect((await rows.toArray()).map(({ text }) => text)).toEqual(texts)
  const { answered, inputTokens } = simulator.stats()
  // What was in flight may have to be paid again: one request of ten texts.
  expect(answered).toBeLessThanOrEqual(8)
  expect(inputTokens).toBeGreaterThan(0)
})

it("a model that answers chats is refused before the run, with what to give instead", async () => {
  const embed = EmbeddingGeneration({
    name: "embed",
    llm: OpenAILLM({ model: "m", apiKey: "k" }) as never
  })
  await expect(
    runPromise(Pipeline("p", {}, from(load(["a"])).to(embed)), { progress: "none" })
  ).rejects.toThrow("OpenAILLM cannot be asked for embeddings. Give a model that embeds texts")
})

it("documents spell the model as Python does, and read it back", async () => {
  const embed = EmbeddingGeneration({
    name: "embed",
    llm: OpenAIEmbeddings({ model: "text-embedding-3-small" }),
    inputMappings: { text: "text" }
  })
  const yaml = await toYamlPromise(Pipeline("p", {}, from(load(["a"])).to(embed)))
  expect(yaml).toContain("embeddings:")
  const loaded = await fromYamlPromise(yaml)
  const { step } = loaded.graph.nodes.get("embed")!
  expect(step.options["llm"]).toMatchObject({ type: "OpenAIEmbeddings", kind: "embeddings" })
})

it("a document of Python's runs with a model in the place of one that is not here", async () => {
  const document = JSON.stringify({
    pipeline: {
      name: "p",
      steps: [
        {
          name: "load",
          step: {
            data: [{ text: "abc" }],
            type_info: { module: "distilabel.steps.generators.data", name: "LoadDataFromDicts" }
          }
        },
        {
          name: "embed",
          step: {
            embeddings: {
              model: "mixedbread-ai/mxbai-embed-large-v1",
              type_info: {
                module: "distilabel.models.embeddings.own",
                name: "OwnEmbeddings"
              }
            },
            type_info: {
              module: "distilabel.steps.embeddings.embedding_generation",
              name: "EmbeddingGeneration"
            }
          }
        }
      ],
      connections: [
        { from: "load", to: ["embed"] },
        { from: "embed", to: [] }
      ]
    }
  })
  const without = await fromYamlPromise(document)
  await expect(runPromise(without as never, { progress: "none" })).rejects.toThrow("OwnEmbeddings")
  const { llm } = lengths()
  const bound = await fromYamlPromise(document, {
    bind: { OwnEmbeddings: () => llm as never }
  })
  const result = await runPromise(bound as never, { progress: "none" })
  const { default: rows } = result as unknown as {
    readonly default: { toArray(): Promise<unknown> }
  }
  expect(await rows.toArray()).toEqual([
    { text: "abc", embedding: [3, 0.5], model_name: "lengths" }
  ])
})

describe("generate-embeddings does as distilabel 1.5.3 did with what its model gave", () => {
  for (const fixture of fixtures("step-generate-embeddings")) {
    it(fixture.title, async () => {
      const states = (fixture as unknown as { readonly hidden_states: number[][][] }).hidden_states
      const rows = fixture.inputs as ReadonlyArray<{ readonly text: never }>
      const llm = embeddings({
        name: "Stub",
        model: "stub-model",
        ask: ({ texts }) => texts.map((_, i) => states[i]!.at(-1)!)
      })
      const result = runStepPromise(GenerateEmbeddings({ name: "it", llm }), rows)
      if (fixture.outputs === null) await expect(result).rejects.toThrow("wrong type")
      else expect(await result).toMatchObject({ errors: [], rows: fixture.outputs })
    })
  }
})

it("a conversation is embedded as its words, images left out", async () => {
  const { asked, llm } = lengths()
  await runStepPromise(GenerateEmbeddings({ name: "it", llm }), [
    {
      text: [
        { role: "system" as const, content: "Be kind." },
        {
          role: "user" as const,
          content: [
            { type: "text" as const, text: "Hello" },
            { type: "image_url" as const, image_url: { url: "data:," } }
          ]
        }
      ]
    }
  ])
  expect(asked).toEqual([["system: Be kind.\nuser: Hello "]])
})
