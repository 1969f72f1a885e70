import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Sums } from "../../src/engine/estimate/Sums.ts"
import {
  CombineColumns,
  estimatePromise,
  FilterRows,
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  type RunSummary,
  runPromise,
  sampleNSteps,
  step,
  TextGeneration
} from "../../src/index.ts"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"

const cached = () => ({
  cacheDir: mkdtempSync(join(tmpdir(), "distilabel-estimate-")),
  progress: "none" as const
})

const words = (n: number): string =>
  Array.from({ length: 5 + ((n * 37) % 60) }, (_, i) => `word${i}`).join(" ")
// Sorted by length, so that the first rows are like no others.
const rows = Array.from({ length: 600 }, (_, n) => ({
  n,
  instruction: `Tell me of ${words(n)}.`
})).toSorted((a, b) => a.instruction.length - b.instruction.length)
const load = () => LoadDataFromDicts({ name: "load", data: rows, batchSize: 5 })

/** Tasks at three models, of each row two, and a second look at some of the rows. */
const pipeline = (simulator: Simulator) => {
  const ask = (model: string) =>
    TextGeneration({
      name: `ask_${model}`,
      llm: OpenAILLM({ model, baseUrl: simulator.openaiBaseUrl, apiKey: "k" })
    })
  const answered = from(load())
    .route(sampleNSteps(2), ["gpt-4o", "gpt-4o-mini", "unheard-of"].map(ask))
    .join(CombineColumns({ name: "combine", columns: ["generation"], outputColumns: ["answers"] }))
  const some = answered.to(
    FilterRows({ name: "some", inputs: { n: Schema.Number }, where: ({ n }) => n % 3 === 0 })
  )
  return Pipeline(
    "p",
    {},
    some.to(
      TextGeneration({
        name: "again",
        llm: OpenAILLM({ model: "gpt-4o", baseUrl: simulator.openaiBaseUrl, apiKey: "k" }),
        template: "Is it so? {{ instruction }}"
      })
    )
  )
}

const off = (expected: number, real: number): number => Math.abs(expected / real - 1)

describe("an estimate", () => {
  it("from a sample comes within 15 % of what the run then asks, uses and costs", async () => {
    await using simulator = await startSimulator()
    const settings = {
      ...cached(),
      prices: { "gpt-4o": { input: 2.5, output: 10 }, "gpt-4o-mini": { input: 0.15, output: 0.6 } }
    }
    const told = await estimatePromise(pipeline(simulator), { ...settings, sample: 120 })
    let summary: RunSummary | undefined
    await runPromise(pipeline(simulator), {
      ...settings,
      useCache: false,
      onSummary: (end) => (summary = end)
    })
    const steps = summary?.steps ?? []
    const sum = (of: (tally: (typeof steps)[number]) => number): number =>
      steps.reduce((total, each) => total + of(each), 0)
    expect(told).toMatchObject({
      pipeline: "p",
      rows: 600,
      allRows: true,
      sampled: 120,
      unpriced: ["unheard-of"]
    })
    expect(
      off(
        told.calls.expected,
        sum(({ recalled, requests }) => requests + recalled)
      )
    ).toBeLessThan(0.15)
    expect(
      off(
        told.inputTokens.expected,
        sum(({ inputTokens }) => inputTokens)
      )
    ).toBeLessThan(0.15)
    expect(
      off(
        told.outputTokens.expected,
        sum(({ outputTokens }) => outputTokens)
      )
    ).toBeLessThan(0.15)
    expect(
      off(
        told.cost.expected,
        sum(({ cost }) => cost)
      )
    ).toBeLessThan(0.15)
    for (const { cost, model, step } of told.steps) {
      const tally = steps.find(({ name }) => name === step)!
      expect(cost === undefined).toBe(model === "unheard-of")
      expect(told.steps.find((each) => each.step === step)!.calls.high).toBeGreaterThan(
        (tally.requests + tally.recalled) * 0.9
      )
    }
  })

  it("tells the time of the model that is slowest at its limits", async () => {
    await using simulator = await startSimulator({ latency: { kind: "constant", ms: 60 } })
    const llm = OpenAILLM({
      model: "gpt-4o",
      baseUrl: simulator.openaiBaseUrl,
      apiKey: "k",
      maxConcurrency: 16
    })
    const ask = Pipeline("p", {}, from(load()).to(TextGeneration({ name: "ask", llm })))
    const settings = cached()
    const { seconds } = await estimatePromise(ask, { ...settings, sample: 64 })
    // No answer comes sooner than that, on however slow a machine.
    expect(seconds.low).toBeGreaterThan(((600 * 0.06) / 16) * 0.95)
    expect(seconds.expected).toBeGreaterThanOrEqual(seconds.low)
    expect(seconds.high).toBeGreaterThanOrEqual(seconds.expected)
    const limited = Pipeline(
      "p",
      {},
      from(load()).to(
        TextGeneration({
          name: "ask",
          llm: OpenAILLM({
            model: "gpt-4o",
            baseUrl: simulator.openaiBaseUrl,
            apiKey: "k",
            requestsPerMinute: 600
          })
        })
      )
    )
    const { seconds: slow } = await estimatePromise(limited, { ...settings, sample: 5 })
    expect(slow.expected).toBeGreaterThanOrEqual(60)
  })

  it("of no more rows than the source has, or than maxRows, guesses nothing, and the run asks nothing that the estimate has asked", async () => {
    await using simulator = await startSimulator()
    const few = Pipeline(
      "p",
      {},
      from(LoadDataFromDicts({ name: "load", data: rows.slice(0, 20) })).to(
        TextGeneration({
          name: "ask",
          llm: OpenAILLM({ model: "gpt-4o", baseUrl: simulator.openaiBaseUrl, apiKey: "k" })
        })
      )
    )
    const { calls, rows: count, sampled } = await estimatePromise(few, cached())
    expect({ calls, count, sampled }).toEqual({
      calls: { expected: 20, low: 20, high: 20 },
      count: 20,
      sampled: 20
    })
    const settings = cached()
    await estimatePromise(few, settings)
    const before = simulator.stats().requests
    await runPromise(few, settings)
    expect(simulator.stats().requests).toBe(before)
    expect(await estimatePromise(few, { ...cached(), maxRows: 7 })).toMatchObject({
      rows: 7,
      sampled: 7,
      calls: { expected: 7 }
    })
  })

  it("of a pipeline without models, or without rows, is nothing", async () => {
    const own = step({
      name: "own",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      process: (batch) => batch.map(({ n }) => ({ m: n }))
    })
    expect(await estimatePromise(Pipeline("p", {}, from(load()).to(own)), cached())).toMatchObject({
      rows: 600,
      calls: { expected: 0 },
      cost: { expected: 0 },
      seconds: { expected: 0 }
    })
    const none = LoadDataFromDicts({ name: "load", data: rows.slice(0, 0) })
    expect(await estimatePromise(Pipeline("p", {}, from(none).to(own)), cached())).toMatchObject({
      rows: 0,
      sampled: 0
    })
  })

  it("lies within its bounds about 95 times in a hundred", () => {
    const chance = fc.sample(fc.noBias(fc.nat()), { numRuns: 60_000, seed: 7 }).values()
    const next = (): number => chance.next().value! / 2 ** 31
    let within = 0
    for (let trial = 0; trial < 100; trial++) {
      const all = Array.from({ length: 200 }, () => (next() < 0.3 ? 0 : 50 + 100 * next() ** 2))
      const picked = all
        .map((value) => [next(), value] as const)
        .toSorted(([a], [b]) => a - b)
        .slice(0, 50)
        .map(([, value]) => value)
      const sums = new Sums()
      picked.forEach((value, i) => sums.add(String(i), value))
      const { high, low } = sums.over(200, 50)
      const real = all.reduce((sum, value) => sum + value, 0)
      if (low <= real && real <= high) within++
    }
    expect(within).toBeGreaterThanOrEqual(88)
  })
})
