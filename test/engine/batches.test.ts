import { existsSync, mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  OllamaLLM,
  OpenAILLM,
  Pipeline,
  runPromise,
  RunStopped,
  TextGeneration
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { asking, batchModels, questions } from "./batchPrograms.ts"

const settings = () => ({
  cacheDir: mkdtempSync(join(tmpdir(), "batches-")),
  progress: "none" as const,
  report: false
})

const waiting = { batches: { wait: true, look: 0.1 } }

type Running = Promise<{
  readonly default: { toArray(): Promise<ReadonlyArray<{ readonly generation: string }>> }
}>

const answersOf = async (run: Running) =>
  (await (await run).default.toArray()).map(({ generation }) => generation)

const openAI = batchModels["OpenAILLM"]!

const online = (url: string) => answersOf(runPromise(asking(openAI(url), "online"), settings()))

const kept = (cacheDir: string): ReadonlyArray<string> =>
  existsSync(join(cacheDir, "batches")) ? readdirSync(join(cacheDir, "batches")) : []

describe.each(Object.entries(batchModels))("jobs of %s", (_, llmAt) => {
  it("give the rows that it gives online, whatever fails in them, and leave nothing behind", async () => {
    const faults = [
      { kind: "server-error", share: 0.1 },
      { kind: "refusal", share: 0.1 }
    ] as const
    await using simulator = await startSimulator({ batches: { after: 50, expired: 0.2 }, faults })
    await using another = await startSimulator({ faults })
    const run = (delivery: "batch" | "online") => {
      const llm = llmAt((delivery === "batch" ? simulator : another).url)
      return runPromise(asking(llm, delivery), { ...settings(), ...waiting, maxErrorRate: 1 })
    }
    const rowsOf = async ({ default: said }: Awaited<ReturnType<typeof run>>) => ({
      rows: (await said.toArray()).map(({ generation, instruction }) => [instruction, generation]),
      errors: (await Array.fromAsync(said.errors())).map(({ reason }) => reason)
    })
    const got = await rowsOf(await run("batch"))
    expect(got).toEqual(await rowsOf(await run("online")))
    expect(got.rows.length + got.errors.length).toBe(20)
    expect(simulator.batches.jobs().length).toBeGreaterThan(1)
    expect(simulator.batches.left()).toEqual([])
  })

  it("are taken up by the run that comes when they have ended", async () => {
    await using simulator = await startSimulator({ batches: { after: "on command" } })
    const options = settings()
    const run = () => runPromise(asking(llmAt(simulator.url), "batch"), options)
    await expect(run()).rejects.toThrow(RunStopped)
    simulator.batches.advance()
    expect(await answersOf(run())).toHaveLength(20)
    expect(simulator.batches.jobs().map(({ requests }) => requests.length)).toEqual([20])
    expect(kept(options.cacheDir)).toEqual([])
  })
})

describe("a step that is delivered by jobs", () => {
  it("gives the rows that it gives online, in as few jobs as may be, and leaves nothing behind", async () => {
    await using simulator = await startSimulator({ batches: { after: 50 } })
    const options = settings()
    const got = await answersOf(
      runPromise(asking(openAI(simulator.url), "batch"), { ...options, ...waiting })
    )
    expect(got).toEqual(await online(simulator.url))
    expect(simulator.batches.jobs().map(({ requests }) => requests.length)).toEqual([20])
    expect(simulator.batches.left()).toEqual([])
    expect(kept(options.cacheDir)).toEqual([])
  })

  it("ends the run once only jobs are waited for, and the same run takes their answers", async () => {
    await using simulator = await startSimulator({ batches: { after: "on command" } })
    const options = settings()
    for (const _ of [1, 2]) {
      const stopped = runPromise(asking(openAI(simulator.url), "batch"), options)
      await expect(stopped).rejects.toThrow(
        /rests until its batch jobs are done \(1 job of .* with 20 answers\) after 0 of 20 rows/
      )
    }
    expect(kept(options.cacheDir)).toHaveLength(1)
    simulator.batches.advance()
    const got = await answersOf(runPromise(asking(openAI(simulator.url), "batch"), options))
    expect(got).toEqual(await online(simulator.url))
    expect(simulator.batches.jobs()).toHaveLength(1)
    expect(simulator.batches.left()).toEqual([])
    expect(kept(options.cacheDir)).toEqual([])
  })

  it("puts what a job did not answer into another one, and nothing else", async () => {
    await using simulator = await startSimulator({ batches: { expired: 0.25 } })
    const got = await answersOf(
      runPromise(asking(openAI(simulator.url), "batch"), { ...settings(), ...waiting })
    )
    expect(got).toEqual(await online(simulator.url))
    const sizes = simulator.batches.jobs().map(({ requests }) => requests.length)
    expect(sizes).toEqual([20, 5, 1])
  })

  it("asks at once where it is told to in the middle: what its job has answered is taken, the rest asked", async () => {
    await using simulator = await startSimulator({ batches: { after: "on command" } })
    const options = settings()
    await expect(runPromise(asking(openAI(simulator.url), "batch"), options)).rejects.toThrow(
      RunStopped
    )
    const before = simulator.stats().requests
    const got = await answersOf(
      runPromise(asking(openAI(simulator.url), "online"), { ...options, batches: { look: 0.1 } })
    )
    // A job that is cancelled has answered its first half; those count as requests of the simulator.
    expect(simulator.batches.jobs().map(({ state }) => state)).toEqual(["cancelled"])
    expect(simulator.stats().answered - before).toBeLessThanOrEqual(20)
    expect(got).toEqual(await online(simulator.url))
    expect(kept(options.cacheDir)).toEqual([])
  })

  it("costs half, and is not begun where the budget has no room for it", async () => {
    await using simulator = await startSimulator()
    const prices = { "gpt-4o-mini": { input: 1_000_000, output: 1_000_000 } }
    const spent: Array<number> = []
    const told = {
      ...settings(),
      ...waiting,
      prices,
      onSummary: ({ steps }: { readonly steps: ReadonlyArray<{ readonly cost: number }> }) =>
        void spent.push(steps.reduce((sum, { cost }) => sum + cost, 0))
    }
    await runPromise(asking(openAI(simulator.url), "batch"), told)
    await runPromise(asking(openAI(simulator.url), "online"), { ...told, ...settings() })
    const [batch, whole] = spent as [number, number]
    expect(batch).toBeCloseTo(whole / 2, 6)
    const jobs = simulator.batches.jobs().length
    await expect(
      runPromise(asking(openAI(simulator.url), "batch"), { ...told, ...settings(), maxCost: 1 })
    ).rejects.toMatchObject({ reason: "maxCost" })
    expect(simulator.batches.jobs()).toHaveLength(jobs)
  })

  it("goes beside a step that asks at once, and each row takes its own answers", async () => {
    await using simulator = await startSimulator({ batches: { after: 30 } })
    const llm = OpenAILLM({ model: "m", baseUrl: simulator.openaiBaseUrl, apiKey: "k" })
    const pipeline = (delivery: "batch" | "online") =>
      Pipeline(
        "p",
        {},
        from(LoadDataFromDicts({ name: "load", data: questions(40) }))
          .to(TextGeneration({ name: "first", llm, outputMappings: { generation: "one" } }))
          .to(
            TextGeneration({
              name: "second",
              llm,
              delivery,
              template: "More of {{ one }}",
              numGenerations: 2,
              groupGenerations: true
            })
          )
      )
    const run = async (delivery: "batch" | "online") =>
      (
        await runPromise(pipeline(delivery), {
          ...settings(),
          batches: { wait: true, look: 0.1, size: 16 }
        })
      ).default.toArray()
    const plain = (rows: Awaited<ReturnType<typeof run>>) =>
      rows.map(({ generation, one }) => ({ generation, one }))
    expect(plain(await run("batch"))).toEqual(plain(await run("online")))
    expect(simulator.batches.left()).toEqual([])
  })

  it("is refused before anything is asked where the provider has no batch API", async () => {
    const pipeline = Pipeline(
      "p",
      {},
      from(LoadDataFromDicts({ name: "load", data: questions(1) })).to(
        TextGeneration({
          name: "say",
          llm: OllamaLLM({ model: "m", preflight: false }),
          delivery: "batch"
        })
      )
    )
    await expect(runPromise(pipeline, settings())).rejects.toThrow(
      /delivery is "batch", and OllamaLLM has no batch API/
    )
  })
})
