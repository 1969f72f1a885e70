import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import fc from "fast-check"
import { expect, it } from "vitest"
import { type Distiset, type Row, runPromise } from "../../src/index.ts"
import { startSimulator } from "../../src/simulator/index.ts"
import { answerTo, faults, meaning, pipelineOf, programs } from "./programs.ts"

const folder = (): string => mkdtempSync(join(tmpdir(), "distilabel-random-"))

const started = () => startSimulator({ faults, latency: { kind: "lognormal", medianMs: 3, sigma: 0.7 }, answer: ({ prompt }) => answerTo(prompt) })

it("any graph of steps that drop, multiply, delay, fail, ask, branch, route and join gives what one gets row by row", async () => {
  await using simulator = await started()
  await fc.assert(
    fc.asyncProperty(programs({ asks: true, mostRows: 40 }), async (program) => {
      const outputDir = folder()
      const distiset = await runPromise(pipelineOf(program, simulator.url), { outputDir, cacheDir: folder(), progress: "none", report: false, maxErrorRate: 1 } as never) as Distiset<{ readonly default: Row }>
      const rows = await distiset.default.toArray()
      rmSync(outputDir, { recursive: true })
      expect({ rows: rows.map(({ v }) => v), errors: distiset.default.errorCount }).toEqual(meaning(program))
    }),
    { numRuns: 150, endOnFailure: true }
  )
}, 180_000)

/** Runs a program in processes of its own, killing it after each of the waits, until it is done. */
const outlived = async (file: string, url: string, outputDir: string, cacheDir: string, waits: ReadonlyArray<number>, signal: AbortSignal): Promise<void> => {
  for (const wait of [...waits, Infinity]) {
    const child = spawn(process.execPath, [fileURLToPath(new URL("randomProcess.ts", import.meta.url)), file, url, outputDir, cacheDir], { stdio: ["ignore", "ignore", "inherit"], signal, killSignal: "SIGKILL" })
    const ended = once(child, "exit") as Promise<[number | null]>
    const [code] = await (wait === Infinity ? ended : Promise.race([ended, sleep(wait, [null] as const)]))
    if (code === 0) return
    if (code !== null) throw new Error(`a run ended with code ${code}`)
    child.kill("SIGKILL")
    await ended
  }
}

it("any such graph gives the same after it was killed again and again", async ({ signal }) => {
  await using simulator = await started()
  await fc.assert(
    fc.asyncProperty(programs({ asks: true, mostRows: 300 }), fc.array(fc.integer({ min: 250, max: 700 }), { minLength: 1, maxLength: 3 }), async (program, waits) => {
      const directory = folder()
      const [file, outputDir] = [join(directory, "program.json"), join(directory, "out")]
      writeFileSync(file, JSON.stringify(program))
      await outlived(file, simulator.url, outputDir, join(directory, "cache"), waits, signal)
      const lines = (name: string): ReadonlyArray<string> => existsSync(join(outputDir, name)) ? readFileSync(join(outputDir, name), "utf8").split("\n").filter((line) => line !== "") : []
      const rows = lines("default.jsonl").map((line) => (JSON.parse(line) as Row)["v"])
      expect({ rows, errors: lines("default.errors.jsonl").length }).toEqual(meaning(program))
      rmSync(directory, { recursive: true })
    }),
    { numRuns: 10, endOnFailure: true }
  )
}, 180_000)
