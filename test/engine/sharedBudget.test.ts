/** Budgets that several runs share: 0.1 cents an answer. */
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
  run,
  type RunStopped,
  TextGeneration
} from "../../src/index.ts"
import { SharedLedger } from "../../src/journal/SharedLedger.ts"
import { completion, json, serve, type Wire } from "../models/wire.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-shared-"))

const serving = () =>
  serve((_, response) =>
    setTimeout(
      () =>
        json(response, completion("Hi", { usage: { prompt_tokens: 20, completion_tokens: 30 } })),
      2
    )
  )

const running = (wire: Wire, name: string, cacheDir: string, maxCost: number, count = 150) => {
  const data = Array.from({ length: count }, (_, n) => ({ instruction: `${name} ${n}` }))
  const llm = OpenAILLM({ model: "m", baseUrl: wire.url, apiKey: "k", maxConcurrency: 4 })
  const load = LoadDataFromDicts({ name: "load", data })
  return run(Pipeline(name, {}, from(load).to(TextGeneration({ name: "ask", llm }))), {
    cacheDir,
    outputDir: folder(),
    progress: "none",
    report: false,
    prices: { m: { input: 20, output: 20 } },
    budget: { name: "team", maxCost }
  })
}

const takenOf = (cacheDir: string): Promise<number> =>
  Effect.runPromise(
    Effect.scoped(Effect.map(SharedLedger.open(cacheDir), (ledger) => ledger.taken("team")))
  )

describe("a budget that runs share", () => {
  it("is spent by all of them together, and overspent by no more than what was in flight", async () => {
    await using wire = await serving()
    const cacheDir = folder()
    const errors = await Effect.runPromise(
      Effect.all(
        ["one", "two"].map((name) => Effect.flip(running(wire, name, cacheDir, 0.1))),
        { concurrency: 2 }
      )
    )
    expect(errors.map((error) => (error as RunStopped).reason)).toEqual(["budget", "budget"])
    expect(wire.asked.length).toBeGreaterThanOrEqual(95)
    expect(wire.asked.length).toBeLessThan(100 + 2 * 4)
    expect(await takenOf(cacheDir)).toBeCloseTo(wire.asked.length / 1000, 6)
    expect((errors[0] as RunStopped).message).toContain(
      "has used up the budget that it shares with others ('team': $0.10 of $0.10)"
    )
  })

  it("gets back what a run has set aside and not spent; a later run spends the rest", async () => {
    await using wire = await serving()
    const cacheDir = folder()
    await Effect.runPromise(running(wire, "small", cacheDir, 0.1, 30))
    expect(await takenOf(cacheDir)).toBeCloseTo(0.03, 6)
    const error = await Effect.runPromise(Effect.flip(running(wire, "large", cacheDir, 0.1)))
    expect((error as RunStopped).reason).toBe("budget")
    expect(wire.asked.length).toBeGreaterThanOrEqual(98)
    expect(wire.asked.length).toBeLessThan(100 + 4)
  })

  it("counts as spent what a process that is gone had set aside", async () => {
    const cacheDir = folder()
    await Effect.runPromise(
      Effect.scoped(
        Effect.map(SharedLedger.open(cacheDir), (ledger) => {
          expect(ledger.lease("team", 1, 0.4)).toBe(0.4)
        })
      )
    )
    const left = await Effect.runPromise(
      Effect.scoped(
        Effect.map(SharedLedger.open(cacheDir), (ledger) => [
          ledger.lease("team", 1, 0.5),
          ledger.lease("team", 1, 0.5),
          ledger.lease("team", 1, 0.5),
          ledger.lease("other", 1, 0.5)
        ])
      )
    )
    expect(left.map((dollars) => Number(dollars.toFixed(9)))).toEqual([0.5, 0.1, 0, 0.5])
  })
})
