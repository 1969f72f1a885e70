/** Faults that users of other tools have reported: none of them is ours. */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, expect, it } from "vitest"
import {
  CombineColumns,
  DataSampler,
  from,
  inThreads,
  OpenAILLM,
  Pipeline,
  runPromise,
  RunLocked,
  RunStopped,
  sampleNSteps,
  step,
  TextGeneration
} from "../../src/index.ts"
import { type Simulator, startSimulator } from "../../src/simulator/index.ts"
import { numbers, slow } from "./rows.ts"
import type { marked, reversed } from "./score.ts"

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const module = new URL("./score.ts", import.meta.url)
const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-reports-"))
const quiet = { progress: "none", report: false } as const

it("sizes of batches and the number of requests in flight may change between a stop and the resumed run", async () => {
  const pipeline = (batchSize: number, inputBatchSize: number, maxConcurrency: number) =>
    Pipeline(
      "p",
      {},
      from(numbers(4500, { batchSize }))
        .to(
          step({
            name: "plus",
            inputs: { n: Schema.Number },
            outputs: { m: Schema.Number },
            inputBatchSize,
            process: (rows) => rows.map(({ n }) => ({ m: n + 1 }))
          })
        )
        .to(
          TextGeneration({
            name: "ask",
            llm: OpenAILLM({
              model: "m",
              baseUrl: simulator.openaiBaseUrl,
              apiKey: "k",
              maxConcurrency
            }),
            template: "What is {{ m }}?",
            inputBatchSize
          })
        )
    )
  const settings = { ...quiet, cacheDir: folder(), outputDir: folder() }
  const before = simulator.stats().requests
  await expect(
    runPromise(pipeline(50, 50, 64), { ...settings, maxRows: 2500 })
  ).rejects.toBeInstanceOf(RunStopped)
  const { default: rows } = await runPromise(pipeline(7, 13, 32), settings)
  expect((await rows.toArray()).map(({ n }) => n)).toEqual(
    Array.from({ length: 4500 }, (_, n) => n)
  )
  expect(simulator.stats().requests - before).toBe(4500)
})

it("of twenty runs that begin at once in one folder one works, the others say who does, and the rows are whole", async () => {
  const [cacheDir, outputDir] = [folder(), folder()]
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, () =>
      runPromise(Pipeline("p", {}, from(numbers(200)).to(slow("a"))), {
        ...quiet,
        cacheDir,
        outputDir
      })
    )
  )
  const done = all.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []))
  expect(done).toHaveLength(1)
  for (const result of all)
    if (result.status === "rejected") expect(result.reason).toBeInstanceOf(RunLocked)
  expect((await done[0]!.default.toArray()).map(({ n }) => n)).toEqual(
    Array.from({ length: 200 }, (_, n) => n)
  )
})

it("samplers draw the same for a row and other things for other rows, in threads, with other batches, and when the run is resumed", async () => {
  const data = Array.from({ length: 40 }, (_, n) => ({ word: `w${n}` }))
  const arm = <const Name extends string>(name: Name) =>
    step({
      name,
      process: (rows) => rows.map((row) => ({ ...row, way: name })),
      outputs: { way: Schema.String }
    })
  const pipeline = (inputBatchSize: number, replicas: number) =>
    Pipeline(
      "p",
      {},
      from(DataSampler({ name: "draw", data, size: 3, samples: 3000, batchSize: 10 }))
        .route(sampleNSteps(1), [arm("left"), arm("right")])
        .join(
          CombineColumns({
            name: "both",
            columns: ["way", "word"],
            outputColumns: ["ways", "words"]
          })
        )
        .to(
          step({
            name: "flat",
            inputs: { words: Schema.Any },
            outputs: { word: Schema.Array(Schema.String) },
            process: (rows) =>
              rows.map(({ words }) => ({
                word: (words as ReadonlyArray<ReadonlyArray<string>>)[0]!
              }))
          })
        )
        .to(
          step({
            name: "threads",
            inputs: { word: Schema.Array(Schema.String) },
            outputs: { drawn: Schema.String },
            inputBatchSize,
            resources: { replicas },
            process: inThreads<typeof marked>(module, "marked")
          })
        )
    )
  const whole = await (
    await runPromise(pipeline(50, 1), { ...quiet, cacheDir: folder(), outputDir: folder() })
  ).default.toArray()
  const settings = { ...quiet, cacheDir: folder(), outputDir: folder() }
  await expect(runPromise(pipeline(7, 2), { ...settings, maxRows: 2200 })).rejects.toBeInstanceOf(
    RunStopped
  )
  expect(await (await runPromise(pipeline(11, 3), settings)).default.toArray()).toEqual(whole)
  expect(new Set(whole.map(({ drawn }) => drawn)).size).toBeGreaterThan(2800)
  expect(new Set(whole.map(({ ways }) => JSON.stringify(ways))).size).toBe(2)
})

it("what a batch in threads gives belongs to its rows, though some were dropped, the others reordered, and one cannot be done", async () => {
  const steps = step({
    name: "reversed",
    inputs: { n: Schema.Number },
    outputs: { square: Schema.Number },
    rowCount: "filter",
    inputBatchSize: 8,
    resources: { replicas: 2 },
    process: inThreads<typeof reversed>(module, "reversed")
  })
  const distiset = await runPromise(
    Pipeline("p", {}, from(numbers(60, { batchSize: 9 })).to(steps)),
    { ...quiet, cacheDir: folder(), outputDir: folder() }
  )
  const wanted = Array.from({ length: 60 }, (_, n) => n).filter((n) => n % 4 !== 0 && n !== 13)
  expect(await distiset.default.toArray()).toEqual(wanted.map((n) => ({ n, square: n * n })))
  expect((await Array.fromAsync(distiset.default.errors())).map(({ row }) => row)).toMatchObject([
    { n: 13 }
  ])
})
