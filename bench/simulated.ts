/**
 * What the model benchmarks share: a simulator in a process of its own, and rows of prompts through
 * one task.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import {
  type ErrorRow,
  from,
  type LLM,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration
} from "distilabel-ts"

/** A simulator that listens in another process. */
export interface Listening extends AsyncDisposable {
  readonly url: string
}

/** Starts one with these arguments. */
export const simulator = async (...args: ReadonlyArray<string>): Promise<Listening> => {
  const entry = fileURLToPath(new URL("../src/simulator/serve.ts", import.meta.url))
  const child = spawn(process.execPath, [entry, "--stop-with-stdin", ...args], {
    stdio: ["pipe", "pipe", "inherit"]
  })
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string]
  const { url } = JSON.parse(line) as { readonly url: string }
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      await once(child, "exit")
    }
  }
}

export const model = "bench-model"

export const promptOf = (row: number): string =>
  `Explain in a few words what is special about the number ${row}.`

/** Answers so many rows by OpenAI's model at an address. */
export const answerRows = (url: string, rows: number, options: object): Promise<Answered> =>
  answersBy(OpenAILLM({ model, baseUrl: `${url}/v1`, apiKey: "bench", ...options }), rows)

interface Answered {
  readonly answered: number
  readonly failed: ReadonlyArray<ErrorRow>
}

/**
 * Answers so many rows with one task, with everything on that a user has on; nothing is remembered
 * from run to run.
 */
export const answersBy = async (llm: LLM, rows: number): Promise<Answered> => {
  const directory = mkdtempSync(join(tmpdir(), "distilabel-bench-"))
  const load = LoadDataFromDicts({
    name: "load",
    data: Array.from({ length: rows }, (_, row) => ({ row, instruction: promptOf(row) }))
  })
  const pipeline = Pipeline("bench", {}, from(load).to(TextGeneration({ name: "generate", llm })))
  const distiset = await runPromise(pipeline, {
    outputDir: join(directory, "out"),
    cacheDir: join(directory, "cache"),
    progress: "none"
  })
  const failed = await Array.fromAsync(distiset.default.errors())
  rmSync(directory, { recursive: true })
  return { answered: distiset.default.length, failed }
}

/**
 * Seconds that so many rows take through one task at a limit of concurrent requests, once the
 * provider's modules are loaded.
 */
export const secondsFor = async (url: string, rows: number, limit: number): Promise<number> => {
  await answerRows(url, 1, {})
  const start = performance.now()
  const { answered } = await answerRows(url, rows, { maxConcurrency: limit })
  if (answered !== rows) throw new Error(`${answered} rows came out, not ${rows}`)
  return (performance.now() - start) / 1000
}

/** Seconds of a perfect greedy scheduler: each request goes to the place that is free first. */
export const greedySeconds = (latenciesMs: ReadonlyArray<number>, places: number): number => {
  const free = new Float64Array(Math.min(places, latenciesMs.length))
  for (const latency of latenciesMs) {
    let first = 0
    for (let i = 1; i < free.length; i++) if (free[i]! < free[first]!) first = i
    free[first]! += latency
  }
  return Math.max(...free) / 1000
}
