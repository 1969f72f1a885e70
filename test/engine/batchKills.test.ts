import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { runPromise } from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { conditions } from "../program.ts"
import { asking, batchModels } from "./batchPrograms.ts"

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
    const cacheDir = mkdtempSync(join(tmpdir(), "batch-kills-"))
    let said = ""
    for (let runs = 0; said === "" && runs < 10; runs++) {
      const child = spawn(
        process.execPath,
        [...conditions, program, llm, simulator.url, cacheDir, "60"],
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
    const online = await runPromise(asking(batchModels[llm]!(simulator.url), "online", 60), {
      cacheDir: mkdtempSync(join(tmpdir(), "batch-kills-")),
      progress: "none",
      report: false
    })
    const same = (await online.default.toArray()).map(({ generation }) => generation)
    expect(answers).toEqual(same)
    expect(left).toBe(0)
    // Sixty questions in three jobs of twenty.
    expect(simulator.batches.jobs().map(({ requests }) => requests.length)).toEqual([20, 20, 20])
    expect(simulator.batches.left()).toEqual([])
    const kept = join(cacheDir, "batches")
    expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([])
  }

  it.each(points)(
    "as %s is asked for, %s that is done, is taken up: the same rows, every question submitted once",
    async (ask, when) => {
      for (let time = 0; time < times; time++)
        await killedAt("OpenAILLM", ask, when, 1 + (time % 3))
    },
    600_000 * times
  )

  it.each(Object.keys(batchModels).slice(1))(
    "before it knows the job that %s has made finds that job again",
    async (llm) => killedAt(llm, "create", "after", 2),
    600_000
  )
})
