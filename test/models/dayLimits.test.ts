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
  runPromise,
  TextGeneration
} from "../../src/index.ts"
import { SharedLedger } from "../../src/journal/SharedLedger.ts"
import { DayLimits } from "../../src/models/asking/DayLimits.ts"
import { completion, json, serve } from "./wire.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-days-"))
const hourMs = 3_600_000

describe("limits of a day", () => {
  it("let go what is left of the last 24 hours, and say when the next request may go", () => {
    const limits = new DayLimits("m", { requests: 3, tokens: 1000 }, undefined)
    const start = 480_000 * hourMs + 1000
    limits.take(2, 10, start)
    expect(limits.wait(start)).toEqual({ ms: 0, why: "" })
    limits.take(1, 10, start + 2 * hourMs)
    expect(limits.wait(start + 2 * hourMs)).toEqual({
      ms: 22 * hourMs - 1000,
      why: "requestsPerDay 3"
    })
    expect(limits.wait(480_024 * hourMs).ms).toBe(0)
    limits.take(0, 2000, 480_024 * hourMs)
    expect(limits.wait(480_024 * hourMs).why).toBe("tokensPerDay 1000")
    limits.take(0, -1500, 480_024 * hourMs)
    expect(limits.wait(480_024 * hourMs).ms).toBe(0)
  })

  it("are those of all that share a ledger, and outlive a process", async () => {
    const cacheDir = folder()
    const start = 480_000 * hourMs
    const used = (requests: number) =>
      Effect.runPromise(
        Effect.scoped(
          Effect.map(SharedLedger.open(cacheDir), (ledger) => {
            const limits = new DayLimits("m", { requests: 10, tokens: Infinity }, ledger)
            const { ms } = limits.wait(start)
            if (ms === 0) limits.take(requests, 0, start)
            limits.tell(start)
            return ms
          })
        )
      )
    expect([await used(6), await used(4), await used(1)]).toEqual([0, 0, 24 * hourMs])
  })

  it("end a run that waits for longer than giveUpAfter, and say what is used up", async () => {
    await using wire = await serve((_, response) => json(response, completion("Hi.")))
    const cacheDir = folder()
    const asking = (name: string) => {
      const data = Array.from({ length: 4 }, (_, n) => ({ instruction: `${name} ${n}` }))
      const llm = OpenAILLM({
        model: "m",
        baseUrl: wire.url,
        apiKey: "k",
        requestsPerDay: 5,
        giveUpAfter: 0.05
      })
      const load = LoadDataFromDicts({ name: "load", data })
      return runPromise(Pipeline(name, {}, from(load).to(TextGeneration({ name: "ask", llm }))), {
        cacheDir,
        outputDir: folder(),
        progress: "none",
        report: false
      })
    }
    expect((await asking("one")).default.length).toBe(4)
    await expect(asking("two")).rejects.toThrow(
      /at its limit \(requestsPerDay 5\) .*The same run goes on/
    )
    expect(wire.asked).toHaveLength(5)
  })
})
