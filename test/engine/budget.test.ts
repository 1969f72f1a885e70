import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  PriceUnknown,
  run,
  runPromise,
  RunStopped,
  ScriptedLLM,
  TextGeneration
} from "../../src/index.ts"
import { readFigures } from "../../src/report/figures/RunFigures.ts"
import { completion, json, serve, type Wire } from "../models/wire.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-budget-"))

const counted = (text = "Hi") =>
  completion(text, { usage: { prompt_tokens: 20, completion_tokens: 30 } })
const uncounted = (text: string) => ({ ...completion(text), usage: undefined })

const asking = (wire: Wire, { count = 200, concurrency = 4, model = "m" } = {}) =>
  Pipeline(
    "budget",
    {},
    from(
      LoadDataFromDicts({
        name: "load",
        data: Array.from({ length: count }, (_, n) => ({ instruction: `Question ${n}` }))
      })
    ).to(
      TextGeneration({
        name: "ask",
        llm: OpenAILLM({
          model,
          baseUrl: wire.url,
          apiKey: "k",
          maxConcurrency: concurrency,
          maxRetries: 0
        })
      })
    )
  )

/** One cent for ten answers. */
const prices = { m: { input: 20, output: 20 } }
const settings = (more: object = {}) =>
  ({ cacheDir: folder(), outputDir: folder(), progress: "none", prices, ...more }) as const

const stopped = (
  pipeline: ReturnType<typeof asking>,
  options: ReturnType<typeof settings> & {
    readonly maxCost?: number
    readonly maxTokens?: number
    readonly maxErrorRate?: number
  }
): Promise<unknown> => Effect.runPromise(Effect.flip(run(pipeline, options)))

describe("a budget", () => {
  it("counts the run over stops and resumes, and is overspent by no more than what was in flight", async () => {
    await using wire = await serve((_, response) => setTimeout(() => json(response, counted()), 5))
    const options = settings()
    for (const [maxCost, least] of [
      [0.05, 50],
      [0.05, 50],
      [0.1, 100]
    ] as const) {
      const error = await stopped(asking(wire), { ...options, maxCost })
      expect(error).toBeInstanceOf(RunStopped)
      expect((error as RunStopped).reason).toBe("maxCost")
      expect(wire.asked.length).toBeGreaterThanOrEqual(least)
      expect(wire.asked.length).toBeLessThan(least + 4)
    }
  })

  it("is told in one figure: the error, the summary and the report agree", async () => {
    await using wire = await serve((_, response) => setTimeout(() => json(response, counted()), 5))
    const options = settings({ maxTokens: 3000 })
    let told = 0
    for (let i = 0; i < 2; i++) {
      const error = await stopped(asking(wire), {
        ...options,
        onSummary: ({
          steps
        }: {
          readonly steps: ReadonlyArray<{
            readonly inputTokens: number
            readonly outputTokens: number
          }>
        }) => (told = steps.reduce((sum, step) => sum + step.inputTokens + step.outputTokens, 0))
      } as never)
      const model = readFigures(options.outputDir)!.steps.find(({ name }) => name === "ask")!.model!
      expect([told, model.inputTokens + model.outputTokens]).toEqual([
        wire.asked.length * 50,
        wire.asked.length * 50
      ])
      expect((error as RunStopped).detail).toBe(`${(told / 1000).toFixed(1)}k of 3.0k`)
    }
  })

  it("counts answers that cannot be used, where the provider says what they took", async () => {
    await using wire = await serve((_, response) =>
      json(response, {
        choices: [{ message: { content: null, refusal: "No." } }],
        usage: { prompt_tokens: 20, completion_tokens: 30 }
      })
    )
    await stopped(asking(wire), { ...settings(), maxTokens: 1000, maxErrorRate: 1 })
    expect(wire.asked.length).toBeLessThan(20 + 4)
  })

  it("is kept by an estimate where the server counts no tokens", async () => {
    await using wire = await serve((_, response) => json(response, uncounted("word ".repeat(200))))
    const error = await stopped(asking(wire), { ...settings(), maxTokens: 2000 })
    expect((error as RunStopped).reason).toBe("maxTokens")
    expect(wire.asked.length).toBeLessThan(8 + 4)
  })

  it("in dollars is refused before anything is requested if a price is not known, and says how to give it", async () => {
    await using wire = await serve((_, response) => json(response, counted()))
    const error = await stopped(asking(wire, { model: "my-finetune-v3" }), {
      ...settings(),
      maxCost: 1
    })
    expect(error).toBeInstanceOf(PriceUnknown)
    expect((error as PriceUnknown).message).toBe(
      "maxCost of pipeline 'budget' cannot be kept: the price of 'my-finetune-v3' (step 'ask') is unknown. Nothing was requested. " +
        'Give it in US dollars for a million tokens, as prices: { "my-finetune-v3": { input: 0.15, output: 0.6 } }, or set maxTokens instead.'
    )
    expect([...wire.asked, ...wire.lookedUp]).toEqual([])
  })

  it("finds the price of a model by the tail of a gateway's name", async () => {
    await using wire = await serve((_, response) =>
      json(response, completion("Hi", { usage: { prompt_tokens: 1000, completion_tokens: 1000 } }))
    )
    const error = await stopped(asking(wire, { model: "openai/gpt-4o-mini" }), {
      ...settings(),
      maxCost: 0.01
    })
    // 0.15 and 0.60 dollars for a million tokens.
    expect((error as RunStopped).reason).toBe("maxCost")
    expect(wire.asked.length).toBeGreaterThanOrEqual(14)
    expect(wire.asked.length).toBeLessThan(14 + 4)
  })

  it("counts models without a server, too", async () => {
    const options = settings()
    const pipeline = Pipeline(
      "scripted",
      {},
      from(
        LoadDataFromDicts({
          name: "load",
          data: Array.from({ length: 100 }, (_, n) => ({ instruction: `q ${n}` }))
        })
      ).to(
        TextGeneration({
          name: "ask",
          llm: ScriptedLLM({ answers: "one two three", maxConcurrency: 2, latencyMs: 1 })
        })
      )
    )
    for (let i = 0; i < 2; i++) {
      const error = await Effect.runPromise(
        Effect.flip(run(pipeline, { ...options, maxTokens: 100 }))
      )
      expect((error as RunStopped).reason).toBe("maxTokens")
    }
    await runPromise(pipeline, options)
  })
})
