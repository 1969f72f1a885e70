import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
  AnthropicLLM,
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration
} from "../../src/index.ts"
import { messagesRequest } from "../../src/models/anthropic/messagesRequest.ts"
import type { GenerateRequest } from "../../src/models/chat/LLM.ts"
import { chatRequest } from "../../src/models/chatCompletions/chatRequest.ts"
import { startSimulator } from "../../src/simulator/index.ts"

const documents = 25
const questions = 20
/** Some 1,500 tokens that only questions on this document begin with. */
const textOf = (document: number): string => `This is document ${document}. `.repeat(260)

const rowsInTurns = Array.from({ length: documents * questions }, (_, n) => ({
  instruction: `${textOf(n % documents)}Question ${Math.floor(n / documents)}: what is it about?`
}))

const ran = async (rows: ReadonlyArray<{ readonly instruction: string }>, limit: number) => {
  // As much as some eight documents take.
  await using simulator = await startSimulator({
    promptCache: { tokens: 16_000 },
    latency: { kind: "constant", ms: 2 },
    answer: () => "It is short."
  })
  const llm = OpenAILLM({
    model: "m",
    baseUrl: simulator.openaiBaseUrl,
    apiKey: "key",
    maxConcurrency: limit
  })
  const load = LoadDataFromDicts({ name: "load", data: rows })
  const generate = TextGeneration({ name: "generate", llm })
  const pipeline = Pipeline("cached", {}, from(load).to(generate))
  let cached = 0
  const distiset = await runPromise(pipeline, {
    cacheDir: mkdtempSync(join(tmpdir(), "prompts-")),
    report: false,
    progress: "none",
    onSummary: ({ steps }) => {
      cached = steps.reduce((sum, { cachedInput }) => sum + cachedInput, 0)
    }
  })
  expect(distiset.default.length).toBe(rows.length)
  const stats = simulator.stats()
  return { stats, cached }
}

describe("a cache of prompts", () => {
  it("has 95 % of what it would have of sorted rows one after the other, whatever their order", async () => {
    const sorted = await ran(
      rowsInTurns.toSorted((a, b) => (a.instruction < b.instruction ? -1 : 1)),
      1
    )
    expect(sorted.stats.cachedTokens / sorted.stats.inputTokens).toBeGreaterThan(0.85)
    const inTurns = await ran(rowsInTurns, 8)
    expect(inTurns.stats.maxInFlight).toBe(8)
    expect(inTurns.stats.cachedTokens / sorted.stats.cachedTokens).toBeGreaterThanOrEqual(0.95)
    expect(inTurns.cached).toBe(inTurns.stats.cachedTokens)
  })
})

describe("the key of a prompt's beginning", () => {
  const dialect = {
    maxTokensField: "max_tokens",
    stream: false,
    streamUsage: true,
    strict: true
  } as const
  it("goes with a request and gives way to one of the user's", () => {
    const request = {
      messages: [{ role: "user", content: "Hi" }],
      numGenerations: 1,
      generationKwargs: {}
    } as const
    const body = (generationKwargs: Readonly<Record<string, unknown>>, promptCacheKey?: string) =>
      chatRequest("m", { ...request, generationKwargs }, dialect, undefined, {
        promptCacheKey
      })
    expect(body({}, "abc")).toMatchObject({ prompt_cache_key: "abc" })
    expect(body({})).not.toHaveProperty("prompt_cache_key")
    expect(body({ extraBody: { prompt_cache_key: "own" } }, "abc")).toMatchObject({
      prompt_cache_key: "own"
    })
  })
})

describe("an AnthropicLLM", () => {
  const mark = { cache_control: { type: "ephemeral" } }
  const bodyOf = (request: Partial<GenerateRequest>) =>
    messagesRequest(
      "m",
      {
        messages: [{ role: "user", content: "Hi" }],
        numGenerations: 1,
        generationKwargs: {},
        ...request
      },
      false
    )

  it("marks a long system prompt as one to keep, and no short one", () => {
    const body = (system: string) =>
      bodyOf({
        messages: [
          { role: "system", content: system },
          { role: "user", content: "Hi" }
        ]
      })
    expect(body("Be short.")).toMatchObject({ system: "Be short." })
    const text = "Be kind. ".repeat(1000)
    expect(body(text)).toMatchObject({ system: [{ type: "text", text, ...mark }] })
  })

  it("marks long tools where nothing that all rows share follows them", () => {
    const tool = { name: "f", description: "x".repeat(5000), parameters: { type: "object" } }
    expect(bodyOf({ tools: [tool, { ...tool, name: "g" }] })).toMatchObject({
      tools: [{ name: "f" }, { name: "g", ...mark }]
    })
    expect(JSON.stringify(bodyOf({ tools: [{ ...tool, description: "" }] }))).not.toContain("cache")
  })

  it("marks what the template says before a row has its say, and the question stays the same", async () => {
    const examples = "An example of a good answer. ".repeat(200)
    await using simulator = await startSimulator({ promptCache: { tokens: 16_000 } })
    let cost = 0
    const run = async (template: string, cacheDir: string) => {
      const llm = AnthropicLLM({
        model: "m",
        baseUrl: simulator.anthropicUrl,
        apiKey: "k",
        maxConcurrency: 1
      })
      const data = Array.from({ length: 10 }, (_, i) => ({ topic: `rivers of kind ${i}` }))
      const { default: said } = await runPromise(
        Pipeline(
          "kept",
          {},
          from(LoadDataFromDicts({ name: "load", data })).to(
            TextGeneration({ name: "say", llm, template })
          )
        ),
        {
          cacheDir,
          progress: "none",
          report: false,
          prices: { m: { input: 1, cached: 0.1, written: 1.25, output: 0 } },
          onSummary: ({ steps }) => (cost = steps.reduce((sum, step) => sum + step.cost, 0))
        }
      )
      return said.length
    }
    const cacheDir = mkdtempSync(join(tmpdir(), "prompts-"))
    // Nothing is kept of what differs from row to row, however long it is.
    expect(await run(`{{ topic }}. ${examples}`, mkdtempSync(join(tmpdir(), "prompts-")))).toBe(10)
    expect(simulator.stats().cachedTokens).toBe(0)
    simulator.reset()
    expect(await run(`${examples}Now write about {{ topic }}.`, cacheDir)).toBe(10)
    const { cachedTokens, inputTokens, requests, writtenTokens } = simulator.stats()
    expect(requests).toBe(10)
    expect(cachedTokens / inputTokens).toBeGreaterThan(0.8)
    // It is put there once, which costs a quarter more than reading it.
    expect(writtenTokens).toBeGreaterThan(0)
    expect(writtenTokens).toBeLessThan(cachedTokens / 8)
    const plain = inputTokens - cachedTokens - writtenTokens
    expect(cost).toBeCloseTo((plain + 0.1 * cachedTokens + 1.25 * writtenTokens) / 1e6, 8)
    // What all rows share is no part of the question: a template in other pieces asks the same.
    expect(await run(`${examples}{{ "Now" }} write about {{ topic }}.`, cacheDir)).toBe(10)
    expect(simulator.stats().requests).toBe(10)
  })
})
