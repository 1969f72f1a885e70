import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import {
  CombineColumns,
  FilterRows,
  from,
  globalStep,
  joinStep,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  run,
  runPromise,
  RunStopped,
  step,
  task,
  TextGeneration
} from "../../src/index.ts"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { numbers } from "./rows.ts"

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-resume-"))

/** Calls made while a function runs. */
const calls = async (run: () => Promise<unknown>): Promise<number> => {
  const before = simulator.stats().requests
  await run()
  return simulator.stats().requests - before
}

const llm = (model = "model-a", options = {}) =>
  OpenAILLM({ model, baseUrl: simulator.openaiBaseUrl, apiKey: "k", ...options })
const ask = (options = {}) =>
  TextGeneration({ name: "ask", llm: llm(), template: "What is {{ n }}?", ...options })

/** A cache directory and settings that use it. */
const cached = () => ({ cacheDir: folder(), progress: "none" as const })

describe("a finished run", () => {
  it("is not repeated: no calls, no steps, the same rows, even if no model is there any more", async () => {
    const settings = cached()
    let worked = 0
    const own = step({
      name: "own",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      process: (rows) => {
        worked += rows.length
        return rows.map(({ n }) => ({ m: n * 2 }))
      }
    })
    const gone = await startSimulator()
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(30))
        .to(own)
        .to(ask({ llm: OpenAILLM({ model: "m", baseUrl: gone.openaiBaseUrl, apiKey: "k" }) }))
    )
    const first = await (await runPromise(pipeline, settings)).default.toArray()
    await gone.close()
    expect(await (await runPromise(pipeline, settings)).default.toArray()).toEqual(first)
    expect(worked).toBe(30)
  })

  it("is repeated as far as its files were changed", async () => {
    const settings = cached()
    const pipeline = Pipeline("p", {}, from(numbers(30)).to(ask()))
    const first = await runPromise(pipeline, settings)
    const text = readFileSync(first.default.path, "utf8")
    writeFileSync(first.default.path, "")
    expect(await calls(() => runPromise(pipeline, settings))).toBe(0)
    expect(readFileSync(first.default.path, "utf8")).toBe(text)
  })

  it("with useCache: false is repeated from the beginning, and its answers are kept for later runs", async () => {
    const settings = cached()
    const pipeline = Pipeline("p", {}, from(numbers(10)).to(ask()))
    await runPromise(pipeline, settings)
    expect(await calls(() => runPromise(pipeline, { ...settings, useCache: false }))).toBe(10)
    expect(await calls(() => runPromise(pipeline, settings))).toBe(0)
  })
})

describe("a change", () => {
  /** Calls, and rows that each own step worked on, of a first run and of one after a change. */
  const changed = async (
    make: (
      now: "before" | "after",
      counted: (name: string) => (rows: ReadonlyArray<unknown>) => void
    ) => Parameters<typeof runPromise>[0]
  ) => {
    const settings = cached()
    const worked: Record<string, number> = {}
    const counted =
      (name: string) =>
      (rows: ReadonlyArray<unknown>): void =>
        void (worked[name] = (worked[name] ?? 0) + rows.length)
    await runPromise(make("before", counted), settings)
    for (const name of Object.keys(worked)) worked[name] = 0
    const made = await calls(() => runPromise(make("after", counted), settings))
    return { calls: made, ...worked }
  }
  type Counted = (name: string) => (rows: ReadonlyArray<unknown>) => void
  const plus = <const Name extends string>(name: Name, count: ReturnType<Counted>, add = 1) =>
    step({
      name,
      inputs: { n: Schema.Number },
      outputs: { v: Schema.Number },
      process: (rows) => {
        count(rows)
        return rows.map((row) => ({ v: row.n + add }))
      }
    })

  it("of the last step repeats nothing before it", async () => {
    expect(
      await changed((now, counted) =>
        Pipeline(
          "p",
          {},
          from(numbers(20))
            .to(plus("a", counted("a")))
            .to(ask())
            .to(plus("b", counted("b"), now === "before" ? 1 : 2))
        )
      )
    ).toEqual({ calls: 0, a: 0, b: 20 })
  })

  it("of a constant that a step's function takes from outside is seen", async () => {
    expect(
      await changed((now, counted) => {
        const threshold = now === "before" ? 5 : 7
        return Pipeline(
          "p",
          {},
          from(numbers(20))
            .to(plus("a", counted("a")))
            .to(
              FilterRows({
                name: "f",
                inputs: { n: Schema.Number },
                where: ({ n }) => n < threshold
              })
            )
            .to(plus("b", counted("b")))
        )
      })
    ).toEqual({ calls: 0, a: 0, b: 7 })
  })

  it("of a step repeats what follows it, but asks no question twice", async () => {
    expect(
      await changed((now, counted) =>
        Pipeline(
          "p",
          {},
          from(numbers(20))
            .to(plus("a", counted("a"), now === "before" ? 1 : 2))
            .to(ask())
            .to(plus("b", counted("b")))
        )
      )
    ).toEqual({ calls: 0, a: 20, b: 20 })
  })

  it("of a model asks the other one", async () => {
    expect(
      await changed((now) =>
        Pipeline(
          "p",
          {},
          from(numbers(20)).to(ask({ llm: llm(now === "before" ? "model-a" : "model-b") }))
        )
      )
    ).toEqual({ calls: 20 })
  })

  it("of generation kwargs, of the prompt, of the structured output each asks again", async () => {
    const kwargs = (temperature: number) => ({
      llm: llm("model-a", { generationKwargs: { temperature } })
    })
    expect(
      await changed((now) =>
        Pipeline("p", {}, from(numbers(5)).to(ask(kwargs(now === "before" ? 0.1 : 0.2))))
      )
    ).toEqual({ calls: 5 })
    expect(
      await changed((now) => Pipeline("p", {}, from(numbers(5)).to(ask({ systemPrompt: now }))))
    ).toEqual({ calls: 5 })
    const schema = (now: string) => ({
      structuredOutput: Schema.Struct(
        now === "before" ? { a: Schema.String } : { b: Schema.String }
      )
    })
    expect(
      await changed((now) => Pipeline("p", {}, from(numbers(5)).to(ask(schema(now)))))
    ).toEqual({ calls: 5 })
  })

  it("of limits, timeouts, batch sizes and secrets asks nothing", async () => {
    expect(
      await changed((now) => {
        const before = now === "before"
        const other = llm("model-a", {
          maxConcurrency: before ? 2 : 5,
          timeout: before ? 10 : 20,
          maxRetries: before ? 1 : 2,
          apiKey: now
        })
        return Pipeline(
          "p",
          {},
          from(numbers(20, { batchSize: before ? 5 : 10 })).to(
            ask({ llm: other, inputBatchSize: before ? 3 : 4 })
          )
        )
      })
    ).toEqual({ calls: 0 })
  })

  it("of a row asks about that row alone, wherever it stands", async () => {
    const data = (now: string) => [
      ...(now === "after" ? [{ n: -1 }] : []),
      ...Array.from({ length: 20 }, (_, n) => ({ n: now === "after" && n === 7 ? 700 : n }))
    ]
    expect(
      await changed((now, counted) =>
        Pipeline(
          "p",
          {},
          from(LoadDataFromDicts({ name: "load", data: data(now) }))
            .to(plus("a", counted("a")))
            .to(ask())
        )
      )
    ).toEqual({ calls: 2, a: 2 })
  })

  it("of one branch leaves the others alone, and repeats the join", async () => {
    expect(
      await changed((now, counted) => {
        const best = joinStep({
          name: "best",
          inputs: { n: Schema.Number },
          outputs: { best: Schema.Number },
          process: (arms) => {
            counted("best")(arms[0]!)
            return [{ best: arms.flat().length }]
          }
        })
        return Pipeline(
          "p",
          {},
          from(numbers(20))
            .branch([plus("a", counted("a")), plus("b", counted("b"), now === "before" ? 1 : 2)])
            .join(best)
        )
      })
    ).toEqual({ calls: 0, a: 0, b: 20, best: 20 })
  })

  it("after a global step does not repeat it", async () => {
    expect(
      await changed((now, counted) => {
        const ranked = globalStep({
          name: "ranked",
          inputs: { n: Schema.Number },
          outputs: { rank: Schema.Number },
          process: (rows) => {
            counted("ranked")(rows)
            return rows.toReversed().map((row, rank) => ({ ...row, rank }))
          }
        })
        return Pipeline(
          "p",
          {},
          from(numbers(1200))
            .to(ranked)
            .to(plus("b", counted("b"), now === "before" ? 1 : 2))
        )
      })
    ).toEqual({ calls: 0, ranked: 0, b: 1200 })
  })

  it("with useCache: false on a step repeats that step alone", async () => {
    expect(
      await changed((_, counted) =>
        Pipeline(
          "p",
          {},
          from(numbers(20))
            .to(plus("a", counted("a")))
            .to(ask({ useCache: false }))
        )
      )
    ).toEqual({ calls: 20, a: 0 })
  })
})

describe("rows that ask the same question", () => {
  it("each get an answer of their own, and the same one again", async () => {
    const settings = cached()
    const same = (name: string) =>
      Pipeline(
        "p",
        {},
        from(numbers(12)).to(
          TextGeneration({ name, llm: llm(), template: "Tell me a joke.", columns: [] as never })
        )
      )
    expect(await calls(() => runPromise(same("ask"), settings))).toBe(12)
    const again = { ...settings, outputDir: folder() }
    expect(await calls(() => runPromise(same("ask"), again))).toBe(0)
  })
})

describe("error rows", () => {
  it("are tried again with retryFailed, and nothing else is", async () => {
    const settings = cached()
    await using flaky = await startSimulator({ faults: [{ kind: "refusal", share: 0.3 }] })
    const pipeline = (url: string) =>
      Pipeline(
        "p",
        {},
        from(numbers(40)).to(
          TextGeneration({
            name: "ask",
            llm: llm("m", { baseUrl: url }),
            template: "What is {{ n }}?"
          })
        )
      )
    const first = await runPromise(pipeline(flaky.openaiBaseUrl), settings)
    expect(first.default.errorCount).toBeGreaterThan(4)
    const before = flaky.stats().requests
    await runPromise(pipeline(flaky.openaiBaseUrl), settings)
    expect(flaky.stats().requests).toBe(before)
    const retried = await runPromise(pipeline(flaky.openaiBaseUrl), {
      ...settings,
      retryFailed: true
    })
    expect(flaky.stats().requests - before).toBe(first.default.errorCount)
    expect(retried.default.length + retried.default.errorCount).toBe(40)
  })

  it("whose answer could not be read cost nothing once the parser can, and ask anew with retryFailed", async () => {
    const settings = cached()
    const rate = (strict: boolean) =>
      Pipeline(
        "p",
        {},
        from(numbers(10)).to(
          task({
            name: "rate",
            llm: llm(),
            inputs: { n: Schema.Number },
            outputs: { length: Schema.Number },
            prompt: ({ n }) => `Rate ${n}.`,
            parse: (answer) => {
              if (strict) throw new Error("too strict")
              return { length: answer?.length ?? 0 }
            }
          })
        )
      )
    expect(
      await calls(async () =>
        expect((await runPromise(rate(true), settings)).default.errorCount).toBe(10)
      )
    ).toBe(10)
    expect(await calls(() => runPromise(rate(true), { ...settings, retryFailed: true }))).toBe(10)
    expect(
      await calls(async () =>
        expect((await runPromise(rate(false), settings)).default.length).toBe(10)
      )
    ).toBe(0)
  })
})

describe("a run that was stopped", () => {
  it("at maxRows goes on with a higher one", async () => {
    const settings = cached()
    const pipeline = Pipeline("p", {}, from(numbers(30)).to(ask()))
    const stop = async (maxRows: number) =>
      Effect.runPromise(Effect.flip(run(pipeline, { ...settings, maxRows })))
    expect(
      await calls(async () =>
        expect(await stop(10)).toMatchObject({ _tag: "RunStopped", reason: "maxRows", rows: 10 })
      )
    ).toBe(10)
    expect(await calls(async () => expect(await stop(20)).toBeInstanceOf(RunStopped))).toBe(10)
    expect(
      await calls(async () =>
        expect((await runPromise(pipeline, { ...settings, maxRows: 30 })).default.length).toBe(30)
      )
    ).toBe(10)
  })

  it("at maxTokens or maxCost overspends by no more than what was in flight", async () => {
    const settings = cached()
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(200)).to(ask({ llm: llm("gpt-4o", { maxConcurrency: 4 }) }))
    )
    const error = await Effect.runPromise(
      Effect.flip(run(pipeline, { ...settings, maxTokens: 500 }))
    )
    expect(error).toMatchObject({ reason: "maxTokens" })
    let spent = 0
    const prices = { "gpt-4o": { input: 1000, output: 1000 } }
    const costly = await Effect.runPromise(
      Effect.flip(
        run(pipeline, {
          ...settings,
          prices,
          maxCost: 3,
          onSummary: ({ steps }) => {
            spent = steps.reduce((sum, { cost }) => sum + cost, 0)
          }
        })
      )
    )
    expect(costly).toMatchObject({ reason: "maxCost" })
    expect(spent).toBeGreaterThanOrEqual(3)
    expect(spent).toBeLessThan(4)
    const rest = await runPromise(pipeline, { ...settings, prices })
    expect(rest.default.length).toBe(200)
  })

  it("because too many rows fail says which step and why", async () => {
    const broken = step({
      name: "broken",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      inputBatchSize: 1,
      process: async (): Promise<Array<{ m: number }>> => Promise.reject(new Error("no"))
    })
    const error = await Effect.runPromise(
      Effect.flip(run(Pipeline("p", {}, from(numbers(500_000)).to(broken)), cached()))
    )
    expect(error).toMatchObject({ _tag: "RunStopped", reason: "maxErrorRate" })
    expect(error.message).toMatch(/at 'broken' \d+ of \d+ rows failed, most with ProcessFailed/)
  })
})

describe("two runs of the same pipeline at once", () => {
  it("do not write to the same folder: the second says who does", async () => {
    const settings = { ...cached(), outputDir: folder() }
    const hanging = step({
      name: "slow",
      inputs: { n: Schema.Number },
      outputs: { m: Schema.Number },
      process: async (rows) =>
        new Promise<Array<{ m: number }>>((resolve) =>
          setTimeout(() => resolve(rows.map(({ n }) => ({ m: n }))), 300)
        )
    })
    const pipeline = Pipeline("p", {}, from(numbers(10)).to(hanging))
    const first = runPromise(pipeline, settings)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const error = await Effect.runPromise(Effect.flip(run(pipeline, settings)))
    expect(error).toMatchObject({ _tag: "RunLocked" })
    expect(error.message).toContain(`process ${process.pid}`)
    expect((await first).default.length).toBe(10)
  })

  it("share answers if they write to different folders", async () => {
    const settings = cached()
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(20))
        .branch([ask(), TextGeneration({ name: "b", llm: llm(), template: "Who is {{ n }}?" })])
        .join(CombineColumns({ name: "c", columns: ["generation"] }))
    )
    const made = await calls(() =>
      Promise.all([
        runPromise(pipeline, { ...settings, outputDir: folder() }),
        runPromise(pipeline, { ...settings, outputDir: folder() })
      ])
    )
    expect(made).toBeLessThanOrEqual(80)
    expect(await calls(() => runPromise(pipeline, { ...settings, outputDir: folder() }))).toBe(0)
  })
})
