import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import {
  from,
  LoadDataFromDicts,
  Pipeline,
  runPromise,
  ScriptedLLM,
  task
} from "../../src/index.ts"

/** The most rows of a task that had their question ready and no answer yet. */
const mostAhead = async (
  rows: number,
  { latencyMs = 0, length = 0, fails = false }
): Promise<{ readonly most: number; readonly answered: number; readonly retried: number }> => {
  const folder = mkdtempSync(join(tmpdir(), "distilabel-ahead-"))
  let open = 0
  let most = 0
  let retried = 0
  const llm = ScriptedLLM({
    answers: "yes",
    latencyMs,
    maxConcurrency: 4,
    maxRetries: 1,
    // Every third question is asked twice, and waits between.
    failures: (messages, attempt) => {
      if (!fails || attempt > 1 || Number(messages.at(-1)?.content) % 3 > 0) return undefined
      retried++
      return "ServerError"
    }
  })
  const ask = task({
    name: "ask",
    inputs: { n: Schema.Finite },
    outputs: { answer: Schema.String },
    llm,
    prompt: ({ n }) => {
      most = Math.max(most, ++open)
      return `${"word ".repeat(length)}${n}`
    },
    parse: (answer) => {
      open--
      return { answer: answer ?? "" }
    }
  })
  const load = LoadDataFromDicts({
    name: "load",
    data: Array.from({ length: rows }, (_, n) => ({ n }))
  })
  const distiset = await runPromise(Pipeline("ahead", {}, from(load).to(ask)), {
    progress: "none",
    outputDir: join(folder, "out"),
    cacheDir: join(folder, "cache")
  })
  return { most, answered: distiset.default.length, retried }
}

describe("rows of a task", () => {
  it("are begun when few others wait for their first turn", async () => {
    const { answered, most } = await mostAhead(300, { latencyMs: 1 })
    expect(answered).toBe(300)
    expect(most).toBeGreaterThanOrEqual(4)
    expect(most).toBeLessThanOrEqual(4 + 2 * 4 + 1)
  })

  it("do not wait for those that are to be asked again", async () => {
    const { answered, most, retried } = await mostAhead(60, { fails: true })
    expect([answered, retried]).toEqual([60, 20])
    expect(most).toBeGreaterThan(4 + 2 * 4 + 1)
  })

  it("are all begun where prompts are so long that their order matters", async () => {
    const { answered, most } = await mostAhead(100, { latencyMs: 1, length: 1000 })
    expect(answered).toBe(100)
    expect(most).toBeGreaterThan(50)
  })
})
