import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  OpenAILLM,
  Pipeline,
  runPromise,
  TextGeneration
} from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"

const folder = mkdtempSync(join(tmpdir(), "distilabel-abort-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const load = LoadDataFromDicts({
  name: "load",
  data: Array.from({ length: 40 }, (_, i) => ({ instruction: `Question ${i}` }))
})

describe("a run that its program aborts", () => {
  it("asks nothing more, keeps what is in flight, says how far it is, and goes on later without asking twice", async () => {
    await using simulator = await startSimulator({ latency: { kind: "constant", ms: 40 } })
    const llm = OpenAILLM({
      model: "m",
      baseUrl: simulator.openaiBaseUrl,
      apiKey: "k",
      maxConcurrency: 4
    })
    const pipeline = Pipeline("aborted", {}, from(load).to(TextGeneration({ name: "ask", llm })))
    const options = {
      cacheDir: join(folder, "cache"),
      outputDir: join(folder, "out"),
      progress: "none"
    } as const
    const abort = new AbortController()
    const run = runPromise(pipeline, {
      ...options,
      signal: abort.signal,
      // In the middle of a request: what is paid for then has to be kept.
      onEvent: (event) => {
        if (
          event.kind === "request" &&
          event.state === "request" &&
          simulator.stats().requests >= 12
        )
          setImmediate(() => abort.abort())
      }
    })
    await expect(run).rejects.toMatchObject({ _tag: "RunStopped", reason: "abort", left: 0 })
    await expect(run).rejects.toThrow(
      /was stopped by its AbortSignal after \d+ of 40 rows.*goes on from here/
    )
    expect(simulator.stats()).toMatchObject({ aborted: 0, answered: simulator.stats().requests })
    const { default: rows } = await runPromise(pipeline, options)
    expect([rows.length, simulator.stats().requests]).toEqual([40, 40])
  })

  it("is left at once as long as it has asked nothing, for the reason that the signal has", async () => {
    const options = {
      cacheDir: join(folder, "none"),
      outputDir: join(folder, "none-out"),
      progress: "none"
    } as const
    const llm = OpenAILLM({ model: "m", baseUrl: "http://127.0.0.1:9/v1", apiKey: "k" })
    const pipeline = Pipeline("aborted", {}, from(load).to(TextGeneration({ name: "ask", llm })))
    const why = new Error("not today")
    await expect(runPromise(pipeline, { ...options, signal: AbortSignal.abort(why) })).rejects.toBe(
      why
    )
  })
})
