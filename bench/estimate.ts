/**
 * What an estimate says against what the run then does, on a simulator in a process of its own; and
 * what a finished run costs when it is run again.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  estimatePromise,
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  type RunSummary,
  runPromise,
  TextGeneration
} from "distilabel-ts"
import type { Figure } from "./Figure.ts"
import { promptOf, simulator } from "./simulated.ts"

const rows = 10_000
const settings = { progress: "none", signals: false } as const

export const estimate = async (): Promise<ReadonlyArray<Figure>> => {
  await using listening = await simulator("--latency", "lognormal:200:0.5")
  const directory = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
  const load = LoadDataFromDicts({
    name: "load",
    data: Array.from({ length: rows }, (_, row) => ({
      instruction: promptOf(row).repeat(1 + (row % 7))
    }))
  })
  const llm = OpenAILLM({
    model: "gpt-4o-mini",
    baseUrl: `${listening.url}/v1`,
    apiKey: "bench",
    maxConcurrency: 100
  })
  const pipeline = Pipeline("bench", {}, from(load).to(TextGeneration({ name: "generate", llm })))
  const told = await estimatePromise(pipeline, {
    ...settings,
    cacheDir: join(directory, "tried"),
    sample: 200
  })
  const run = async (): Promise<RunSummary> => {
    let summary: RunSummary | undefined
    await runPromise(pipeline, {
      ...settings,
      outputDir: join(directory, "out"),
      cacheDir: join(directory, "cache"),
      onSummary: (end) => (summary = end)
    })
    return summary!
  }
  const {
    seconds,
    steps: [, generate]
  } = await run()
  const { cost, inputTokens, outputTokens, requests } = generate!
  const before = performance.now()
  const again = await run()
  const againSeconds = (performance.now() - before) / 1000
  rmSync(directory, { recursive: true })
  const off = (
    what: string,
    {
      expected,
      high,
      low
    }: { readonly expected: number; readonly low: number; readonly high: number },
    real: number
  ): Figure => ({
    name: `${what}, estimated from 200 of ${rows} rows`,
    value: Math.abs(expected / real - 1),
    unit: "off",
    bar: 0.15,
    atMost: true,
    from: { estimated: expected, low, high, real }
  })
  return [
    off("calls", told.calls, requests),
    off("tokens in", told.inputTokens, inputTokens),
    off("tokens out", told.outputTokens, outputTokens),
    off("cost", told.cost, cost),
    off("seconds", told.seconds, seconds),
    {
      name: `a finished run of ${rows} rows, run again`,
      value: againSeconds,
      unit: "s",
      bar: 1,
      atMost: true,
      from: { "questions asked": again.steps.reduce((sum, step) => sum + step.requests, 0) }
    }
  ]
}
