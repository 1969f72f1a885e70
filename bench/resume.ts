/**
 * A run of 1,000,000 rows that is killed after 500,000 answers: how long until the run that goes on
 * asks its first question.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { startSimulator } from "distilabel-ts/simulator"
import type { Figure } from "./Figure.ts"

const rows = Number(process.env["RESUME_ROWS"] ?? 1_000_000)
const inFlight = 256

export const resume = async (): Promise<ReadonlyArray<Figure>> => {
  await using simulator = await startSimulator({ logSize: 100_000 })
  const directory = mkdtempSync(join(tmpdir(), "distilabel-resume-"))
  const start = (): ChildProcess =>
    spawn(
      process.execPath,
      [
        "--conditions=distilabel-ts:source",
        fileURLToPath(new URL("resumeRun.ts", import.meta.url)),
        simulator.url,
        directory,
        String(rows),
        String(inFlight)
      ],
      { stdio: ["ignore", "ignore", "inherit"] }
    )
  const kill = async (child: ChildProcess): Promise<void> => {
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }
  const until = async (count: number, child: ChildProcess, everyMs: number): Promise<void> => {
    while (simulator.stats().answered < count) {
      if (child.exitCode !== null) throw new Error(`the run ended with code ${child.exitCode}`)
      await sleep(everyMs)
    }
  }
  const first = start()
  await until(rows / 2, first, 20)
  await kill(first)
  const before = simulator.stats().requests
  const started = performance.now()
  const second = start()
  await until(simulator.stats().answered + 1, second, 1)
  const seconds = (performance.now() - started) / 1000
  // Long enough to see that it asks for what is new only.
  await sleep(3000)
  await kill(second)
  const { requests } = simulator.stats()
  const repeated = simulator.log().filter(({ attempt }) => attempt > 1).length
  rmSync(directory, { recursive: true })
  return [
    {
      name: "from the start to the first new question",
      value: seconds,
      unit: "s",
      bar: 5,
      atMost: true,
      from: { rows, "asked before": before, "asked in 3 s": requests - before }
    },
    {
      name: "questions asked again",
      value: repeated,
      unit: "questions",
      bar: inFlight,
      atMost: true
    }
  ]
}
