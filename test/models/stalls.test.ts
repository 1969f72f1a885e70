/**
 * What a program computes keeps answers waiting that have long arrived: none of them is given up
 * for being late.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate, setTimeout } from "node:timers/promises"
import { afterAll, describe, expect, it } from "vitest"
import { simulator } from "../../bench/simulated.ts"
import {
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration
} from "../../src/index.ts"

const folder = mkdtempSync(join(tmpdir(), "distilabel-stalls-"))
// In a process of its own: it answers while this one is busy.
const listening = simulator("--latency", "constant:300")
afterAll(async () => {
  await (await listening)[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks about three rows, and computes for two seconds while they are on their way. */
const busyRun = async (name: string, limits: object, options: object = {}) => {
  const { url } = await listening
  const llm = OpenAILLM({ model: "m", baseUrl: `${url}/v1`, apiKey: "k", maxRetries: 2, ...limits })
  const load = LoadDataFromDicts({
    name: "load",
    data: ["a", "b", "c"].map((text) => ({ instruction: `${name} ${text}` }))
  })
  let requests = 0
  const run = runPromise(
    Pipeline("busy", {}, from(load).to(TextGeneration({ name: "ask", llm }))),
    {
      cacheDir: join(folder, name),
      outputDir: join(folder, `${name}-out`),
      progress: "none",
      report: false,
      onEvent: (event) => {
        if (event.kind === "request" && event.state === "request") requests++
      },
      ...options
    }
  )
  await expect.poll(() => requests, { interval: 5 }).toBe(3)
  // They are on their way, and answered in 300 ms.
  await setTimeout(100)
  // Where steps are at work too: timers come next, before anybody looks at what has arrived.
  await setImmediate()
  return {
    first: run,
    requests: () => requests,
    compute: () => {
      const until = performance.now() + 2000
      while (performance.now() < until);
    }
  }
}

describe("answers that arrive while the program is busy", () => {
  it.each([
    ["one attempt", { timeout: 1 }],
    ["one row", { rowTimeout: 1 }]
  ])("are taken although the time for %s is over when it looks", async (name, limits) => {
    const { compute, first, requests } = await busyRun(name, limits)
    compute()
    const { default: rows } = await first
    expect([rows.length, rows.errorCount, requests()]).toEqual([3, 0, 3])
  })

  it("are kept although the time that a run has to stop is over when it looks", async () => {
    const stop = new AbortController()
    const { compute, first, requests } = await busyRun(
      "stopping",
      {},
      { signal: stop.signal, stopTimeout: 1 }
    )
    stop.abort()
    compute()
    const { default: rows } = await first
    expect([rows.length, requests()]).toEqual([3, 3])
  })
})
