import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { sealed } from "../../src/disk/sealed.ts"
import {
  CombineColumns,
  dryRunPromise,
  from,
  generatorStep,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  run,
  runPromise,
  RunStopped,
  sampleNSteps,
  ScriptedLLM,
  TextGeneration
} from "../../src/index.ts"
import { exchangeKey } from "../../src/report/figures/exchangeKey.ts"
import { readLateAnswers } from "../../src/report/figures/LateAnswers.ts"
import { readFigures, type RunFigures } from "../../src/report/figures/RunFigures.ts"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { command, folder, started } from "../cli/command.ts"
import { numbers } from "./rows.ts"

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ latency: { kind: "constant", ms: 15 } })
})
afterAll(() => simulator.close())

const ask = (name = "ask") =>
  TextGeneration({
    name,
    llm: OpenAILLM({
      model: "gpt-4o-mini",
      baseUrl: simulator.openaiBaseUrl,
      apiKey: "k",
      maxConcurrency: 8
    }),
    template: "What is {{ n }}?"
  })

const total = (counts: ReadonlyArray<number>): number =>
  counts.reduce((sum, count) => sum + count, 0)

const stepOf = (figures: RunFigures, name: string) =>
  figures.steps.find((each) => each.name === name)!

describe("the figures of a run", () => {
  it("say what each step and model did, with every answer in the histograms and every row in the timeline", async () => {
    const outputDir = folder()
    await runPromise(Pipeline("p", { description: "About numbers" }, from(numbers(60)).to(ask())), {
      outputDir,
      progress: "none"
    })
    const figures = readFigures(outputDir)!
    expect(figures).toMatchObject({
      pipeline: "p",
      description: "About numbers",
      through: 60,
      subsets: [{ name: "default", rows: 60, errors: 0 }],
      sessions: [{ end: "finished", resumedAt: 0 }]
    })
    expect(stepOf(figures, "numbers")).toMatchObject({
      kind: "GeneratorStep",
      adds: ["n"],
      rows: { received: 0, done: 60, failed: 0 }
    })
    const { model, rows } = stepOf(figures, "ask")
    expect(rows).toEqual({ received: 60, done: 60, failed: 0, reasons: {} })
    expect(model).toMatchObject({
      name: "gpt-4o-mini",
      llm: "OpenAILLM",
      requests: 60,
      recalled: 0,
      attempts: [60],
      refusals: {}
    })
    for (const histogram of [model!.latency, model!.inputTokensEach, model!.outputTokensEach])
      expect([histogram.count, total(histogram.counts)]).toEqual([60, 60])
    expect(model!.latency.min).toBeGreaterThanOrEqual(14)
    expect(model!.inputTokens).toBe(model!.inputTokensEach.sum)
    expect(model!.cost + model!.unpriced).toBeGreaterThan(0)
    const { answers, rows: through, tokens } = figures.timeline
    expect([
      Math.round(total(through)),
      Math.round(total(answers)),
      Math.round(total(tokens))
    ]).toEqual([60, 60, model!.inputTokens + model!.outputTokens])
    expect(figures.picture).toMatch(/^<svg .*60 rows/s)
  })

  it("count attempts that failed by reason, and answers by the attempt that got them", async () => {
    const outputDir = folder()
    const llm = ScriptedLLM({
      answers: "yes",
      failures: (messages, attempt) =>
        String(messages[0]!.content).includes("3")
          ? "Refused"
          : attempt === 1 && String(messages[0]!.content).includes("7")
            ? "ServerError"
            : undefined,
      maxRetries: 1
    })
    const distiset = await runPromise(
      Pipeline(
        "p",
        {},
        from(numbers(10)).to(TextGeneration({ name: "ask", llm, template: "What is {{ n }}?" }))
      ),
      { outputDir, progress: "none" }
    )
    expect(distiset.default.errorCount).toBe(1)
    const { model, rows } = stepOf(readFigures(outputDir)!, "ask")
    expect(rows).toMatchObject({ done: 9, failed: 1, reasons: { Refused: 1 } })
    expect(model).toMatchObject({ attempts: [8, 1], refusals: { Refused: 1, ServerError: 1 } })
  })

  it("keep beside the rows which attempt gave an answer that was late, and take it from the kept answers when they are taken again", async () => {
    const [first, again] = [folder(), folder()]
    const cacheDir = folder()
    const flaky = await startSimulator({
      latency: { kind: "constant", ms: 1 },
      faults: [{ kind: "server-error", share: 1 }]
    })
    try {
      const llm = OpenAILLM({ model: "gpt-4o-mini", baseUrl: flaky.openaiBaseUrl, apiKey: "k" })
      const pipeline = Pipeline(
        "p",
        {},
        from(numbers(10)).to(TextGeneration({ name: "ask", llm, template: "What is {{ n }}?" }))
      )
      for (const outputDir of [first, again]) {
        const rows = await (
          await runPromise(pipeline, { outputDir, cacheDir, progress: "none" })
        ).default.toArray()
        const keys = rows.map(({ distilabel_metadata: told }) =>
          exchangeKey("ask", told["raw_input_ask"], told["raw_output_ask"])
        )
        const refusals = outputDir === first ? ["ServerError"] : []
        expect(readLateAnswers(outputDir)).toEqual(
          Object.fromEntries(keys.map((key) => [key, { requests: 2, refusals, complaints: [] }]))
        )
      }
    } finally {
      await flaky.close()
    }
  })

  it("go on with a run that was stopped: every row is counted once, and what was spent is spent", async () => {
    const outputDir = folder()
    const llm = ScriptedLLM({
      answers: (messages) => `Is it ${String(messages[0]!.content)}`,
      failures: (messages) =>
        /(477|499)\?$/.test(String(messages[0]!.content)) ? "Refused" : undefined,
      maxConcurrency: 200
    })
    const pipeline = Pipeline(
      "p",
      {},
      from(numbers(6000, { batchSize: 100 })).to(
        TextGeneration({ name: "ask", llm, template: "What is {{ n }}?" })
      )
    )
    const settings = {
      outputDir,
      cacheDir: folder(),
      progress: "none" as const,
      prices: { scripted: { input: 1e6, output: 0 } }
    }
    expect(
      await Effect.runPromise(Effect.flip(run(pipeline, { ...settings, maxRows: 2600 })))
    ).toBeInstanceOf(RunStopped)
    const stopped = readFigures(outputDir)!
    expect(stopped.sessions).toMatchObject([{ end: "stopped", detail: "has reached its maxRows" }])
    expect(existsSync(join(outputDir, "report.html"))).toBe(true)
    const distiset = await runPromise(pipeline, settings)
    expect([distiset.default.length, distiset.default.errorCount]).toEqual([6000 - 12, 12])
    const figures = readFigures(outputDir)!
    expect(figures.sessions).toMatchObject([
      { end: "stopped" },
      { end: "finished", resumedAt: 2000 }
    ])
    expect(stepOf(figures, "numbers").rows.done).toBe(6000)
    const { model, rows } = stepOf(figures, "ask")
    expect(rows).toEqual({ received: 6000, done: 6000 - 12, failed: 12, reasons: { Refused: 12 } })
    // A scripted model's answers are not kept: what had been ahead is asked again.
    expect(model!.requests).toBe(6600)
    expect(model!.cost).toBeCloseTo(model!.inputTokens, 3)
    expect(Math.round(total(figures.timeline.answers))).toBe(6600 - 14)
  })

  it("begin anew with another graph in the same folder, and stay as they are where nothing is left to do", async () => {
    const outputDir = folder()
    const settings = { outputDir, progress: "none" as const }
    await runPromise(Pipeline("p", {}, from(numbers(10)).to(ask())), settings)
    const before = readFigures(outputDir)!
    await runPromise(Pipeline("p", {}, from(numbers(10)).to(ask())), settings)
    expect(readFigures(outputDir)).toEqual(before)
    await runPromise(Pipeline("p", {}, from(numbers(10)).to(ask("other"))), settings)
    const after = readFigures(outputDir)!
    expect(after.sessions).toHaveLength(1)
    expect(after.steps.map(({ name }) => name)).toEqual(["numbers", "other"])
  })

  it("do not stand in the way of a run: damaged ones are left, and `report: false` writes none", async () => {
    const outputDir = folder()
    const settings = { outputDir, progress: "none" as const }
    const pipeline = Pipeline("p", {}, from(numbers(3)))
    await runPromise(pipeline, settings)
    const written = readFileSync(join(outputDir, ".figures"), "utf8")
    const older = sealed(JSON.stringify({ ...readFigures(outputDir)!, version: 0 }))
    for (const text of [
      "",
      "{",
      '{"version":1}',
      "null",
      written.slice(0, -1),
      written.replace('"through":3', '"through":4'),
      older
    ]) {
      writeFileSync(join(outputDir, ".figures"), text)
      expect(readFigures(outputDir)).toBeUndefined()
      expect((await runPromise(pipeline, { ...settings, retryFailed: true })).default.length).toBe(
        3
      )
    }
    const quiet = folder()
    await runPromise(pipeline, { outputDir: quiet, progress: "none", report: false })
    expect(readdirSync(quiet).filter((name) => /report|figures/.test(name))).toEqual([])
  })

  it("are told of a run that fails, and of a dry run", async () => {
    const outputDir = folder()
    const torn = generatorStep({
      name: "torn",
      outputs: { n: Schema.Number },
      *process() {
        yield { n: 1 }
        throw new Error("the source is torn")
      }
    })
    await expect(
      runPromise(Pipeline("p", {}, from(torn)), { outputDir, progress: "none" })
    ).rejects.toThrow("the source is torn")
    expect(readFigures(outputDir)).toMatchObject({
      sessions: [{ end: "failed", detail: expect.stringContaining("the source is torn") }]
    })
    expect(readFileSync(join(outputDir, "report.html"), "utf8")).toContain("the source is torn")
    const dry = folder()
    await dryRunPromise(Pipeline("p", {}, from(numbers(30)).to(ask())), {
      outputDir: dry,
      progress: "none",
      batchSize: 2
    })
    expect(readFigures(join(dry, "dry-run"))).toMatchObject({ through: 2 })
    expect(existsSync(join(dry, "dry-run", "report.html"))).toBe(true)
  })
})

describe("counts on the ways of the graph", () => {
  it("say how many rows took each", async () => {
    const outputDir = folder()
    const load = LoadDataFromDicts({
      name: "load",
      data: Array.from({ length: 40 }, (_, n) => ({ instruction: `Question ${n}` })),
      batchSize: 10
    })
    const arms = ["a", "b", "c"].map((name) =>
      TextGeneration({ name, llm: ScriptedLLM({ model: name, answers: "yes" }), inputBatchSize: 5 })
    )
    const both = CombineColumns({
      name: "both",
      columns: ["generation"],
      outputColumns: ["generations"]
    })
    await runPromise(Pipeline("p", {}, from(load).route(sampleNSteps(1), arms).join(both)), {
      outputDir,
      progress: "none"
    })
    const figures = readFigures(outputDir)!
    const arrived = ["a", "b", "c"].map((name) => stepOf(figures, name).rows.received)
    expect(total(arrived)).toBe(40)
    for (const count of new Set(arrived))
      if (count > 0) expect(figures.picture).toContain(`${count} rows`)
  })
})

describe("a run that is killed", () => {
  it("has left figures of what it did, which the next one goes on with", async () => {
    await using slow = await startSimulator({ latency: { kind: "constant", ms: 40 } })
    const output = folder()
    const args = ["run", "test/cli/pipelines/asking.ts", "--output", output]
    const env = { TEST_URL: slow.openaiBaseUrl, TEST_ROWS: "120", DISTILABEL_CACHE_DIR: folder() }
    const { child, ended } = started(args, env)
    await expect.poll(() => readFigures(output)?.steps[1]?.model?.requests ?? 0).toBeGreaterThan(20)
    child.kill("SIGKILL")
    await ended
    const killed = readFigures(output)!
    expect(killed.sessions).toMatchObject([{ end: "running" }])
    const { status, stdout } = await command(args, env)
    expect(status).toBe(0)
    expect(stdout).toContain(`report: ${join(output, "report.html")}`)
    const figures = readFigures(output)!
    expect(figures.sessions).toMatchObject([{ end: "running" }, { end: "finished" }])
    expect(stepOf(figures, "ask").rows.done).toBe(120)
    expect(stepOf(figures, "ask").model!.requests).toBeGreaterThan(killed.steps[1]!.model!.requests)
    expect(readFileSync(join(output, "report.html"), "utf8")).toContain("asking")
  }, 90_000)
})
