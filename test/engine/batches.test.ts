import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
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
import type { AnyLLM } from "../../src/models/chat/LLM.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { batchModels } from "./batchModels.ts"

const questions = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ instruction: `Say ${i % 17}.` }))

const askingOf = (llm: AnyLLM, delivery: "batch" | "online", rows = questions(20)) =>
  Pipeline(
    "p",
    {},
    from(LoadDataFromDicts({ name: "load", data: rows })).to(
      TextGeneration({ name: "say", llm, delivery })
    )
  )

const asking = (baseUrl: string, delivery: "batch" | "online", rows = questions(20)) =>
  Pipeline(
    "p",
    {},
    from(LoadDataFromDicts({ name: "load", data: rows })).to(
      TextGeneration({
        name: "say",
        llm: OpenAILLM({ model: "gpt-4o-mini", baseUrl, apiKey: "k" }),
        delivery
      })
    )
  )

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

const online = (url: string, rows = questions(20)) =>
  answersOf(runPromise(asking(url, "online", rows), settings()))

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
      return runPromise(askingOf(llm, delivery), { ...settings(), ...waiting, maxErrorRate: 1 })
    }
    const rowsOf = async ({ default: said }: Awaited<ReturnType<typeof run>>) => ({
      rows: (await said.toArray()).map(({ generation, instruction }) => [instruction, generation]),
      errors: (await Array.fromAsync(said.errors())).map(({ reason }) => reason)
    })
    const got = await rowsOf(await run("batch"))
    expect(got).toEqual(await rowsOf(await run("online")))
    expect(got.rows.length + got.errors.length).toBe(20)
    expect(simulator.batches.jobs().length).toBeGreaterThan(1)
    expect(simulator.batches.files()).toEqual([])
  })

  it("are taken up by the run that comes when they have ended", async () => {
    await using simulator = await startSimulator({ batches: { after: "on command" } })
    const options = settings()
    const run = () => runPromise(askingOf(llmAt(simulator.url), "batch"), options)
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
      runPromise(asking(simulator.openaiBaseUrl, "batch"), { ...options, ...waiting })
    )
    expect(got).toEqual(await online(simulator.openaiBaseUrl))
    expect(simulator.batches.jobs().map(({ requests }) => requests.length)).toEqual([20])
    expect(simulator.batches.files()).toEqual([])
    expect(kept(options.cacheDir)).toEqual([])
  })

  it("ends the run once only jobs are waited for, and the same run takes their answers", async () => {
    await using simulator = await startSimulator({ batches: { after: "on command" } })
    const options = settings()
    for (const _ of [1, 2]) {
      const stopped = runPromise(asking(simulator.openaiBaseUrl, "batch"), options)
      await expect(stopped).rejects.toThrow(
        /rests until its batch jobs are done \(1 job of .* with 20 answers\) after 0 of 20 rows/
      )
    }
    expect(kept(options.cacheDir)).toHaveLength(1)
    simulator.batches.advance()
    const got = await answersOf(runPromise(asking(simulator.openaiBaseUrl, "batch"), options))
    expect(got).toEqual(await online(simulator.openaiBaseUrl))
    expect(simulator.batches.jobs()).toHaveLength(1)
    expect(simulator.batches.files()).toEqual([])
    expect(kept(options.cacheDir)).toEqual([])
  })

  it("puts what a job did not answer into another one, and nothing else", async () => {
    await using simulator = await startSimulator({ batches: { expired: 0.25 } })
    const got = await answersOf(
      runPromise(asking(simulator.openaiBaseUrl, "batch"), { ...settings(), ...waiting })
    )
    expect(got).toEqual(await online(simulator.openaiBaseUrl))
    const sizes = simulator.batches.jobs().map(({ requests }) => requests.length)
    expect(sizes).toEqual([20, 5, 1])
  })

  it("asks at once where it is told to in the middle: what its job has answered is taken, the rest asked", async () => {
    await using simulator = await startSimulator({ batches: { after: "on command" } })
    const options = settings()
    await expect(runPromise(asking(simulator.openaiBaseUrl, "batch"), options)).rejects.toThrow(
      RunStopped
    )
    const before = simulator.stats().requests
    const got = await answersOf(
      runPromise(asking(simulator.openaiBaseUrl, "online"), { ...options, batches: { look: 0.1 } })
    )
    // A job that is cancelled has answered its first half; those count as requests of the simulator.
    expect(simulator.batches.jobs().map(({ state }) => state)).toEqual(["cancelled"])
    expect(simulator.stats().answered - before).toBeLessThanOrEqual(20)
    expect(got).toEqual(await online(simulator.openaiBaseUrl))
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
    await runPromise(asking(simulator.openaiBaseUrl, "batch"), told)
    await runPromise(asking(simulator.openaiBaseUrl, "online"), { ...told, ...settings() })
    const [batch, whole] = spent as [number, number]
    expect(batch).toBeCloseTo(whole / 2, 6)
    const jobs = simulator.batches.jobs().length
    await expect(
      runPromise(asking(simulator.openaiBaseUrl, "batch"), { ...told, ...settings(), maxCost: 1 })
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
    expect(simulator.batches.files()).toEqual([])
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

/** The points of a job's life at which its process is killed: a request, before or after it is done. */
const points = [
  ["upload", "before"],
  ["upload", "after"],
  ["create", "before"],
  ["create", "after"],
  ["look", "after"],
  ["content", "after"],
  ["remove file", "before"],
  ["remove file", "after"]
] as const

const program = fileURLToPath(new URL("batchProcess.ts", import.meta.url))

describe("a process that is killed in the middle of a job", () => {
  const times = Number(process.env["BATCH_KILLS"] ?? 1)
  const killedAt = async (
    llm: string,
    ask: string,
    when: "before" | "after",
    count: number
  ): Promise<void> => {
    let victim: { readonly kill: (signal: "SIGKILL") => boolean } | undefined
    let left = count
    await using simulator = await startSimulator({
      batches: {
        after: 50,
        onAsk: (asked, at) => {
          if (asked !== ask || at !== when || left === 0 || --left > 0) return undefined
          victim?.kill("SIGKILL")
          return "lost"
        }
      }
    })
    const { cacheDir } = settings()
    let said = ""
    for (let runs = 0; said === "" && runs < 30; runs++) {
      const child = spawn(
        process.execPath,
        ["--conditions=distilabel-ts:source", program, llm, simulator.url, cacheDir, "60"],
        { stdio: ["ignore", "pipe", "inherit"] }
      )
      victim = child
      child.stdout.on("data", (chunk: Buffer) => (said += String(chunk)))
      await once(child, "close")
    }
    const { answers, errors } = JSON.parse(said) as {
      readonly answers: ReadonlyArray<string>
      readonly errors: number
    }
    expect(errors).toBe(0)
    const same = askingOf(batchModels[llm]!(simulator.url), "online", questions(60))
    expect(answers).toEqual(await answersOf(runPromise(same, settings())))
    expect(left).toBe(0)
    // Sixty questions in three jobs of twenty.
    expect(simulator.batches.jobs().map(({ requests }) => requests.length)).toEqual([20, 20, 20])
    expect(simulator.batches.files()).toEqual([])
    expect(kept(cacheDir)).toEqual([])
  }

  it.each(points)(
    "as %s is asked for, %s that is done, is taken up: the same rows, every question submitted once",
    async (ask, when) => {
      for (let time = 0; time < times; time++)
        await killedAt("OpenAILLM", ask, when, 1 + (time % 3))
    },
    600_000
  )

  it.each(Object.keys(batchModels).slice(1))(
    "before it knows the job that %s has made finds that job again",
    async (llm) => killedAt(llm, "create", "after", 2),
    600_000
  )
})
