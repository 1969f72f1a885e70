/**
 * Kills runs at random moments until they are done all the same, and compares what they gave with
 * runs that nobody disturbed.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { startSimulator } from "distilabel-ts/simulator"
import { conditions } from "../test/program.ts"
import type { Figure } from "./Figure.ts"

const shapes = ["chain", "routed", "ranked"] as const
type Shape = (typeof shapes)[number]

/**
 * Requests that a run of each shape makes if nothing goes wrong, and the most that are in flight at
 * once.
 */
const expected: Readonly<Record<Shape, { readonly calls: number; readonly inFlight: number }>> = {
  chain: { calls: 1000, inFlight: 8 },
  routed: { calls: 2000, inFlight: 24 },
  ranked: { calls: 1000, inFlight: 16 }
}

/** A run that does not end within this time hangs. */
const patienceMs = 60_000

const start = (...args: ReadonlyArray<string>): ChildProcess =>
  spawn(
    process.execPath,
    [...conditions, fileURLToPath(new URL("crashRun.ts", import.meta.url)), ...args],
    { stdio: ["ignore", "ignore", "inherit"] }
  )

const contentHash = (directory: string): string =>
  createHash("sha256")
    .update(readFileSync(join(directory, "default.jsonl")))
    .digest("hex")

/** What happened to one pipeline that was run until it was done. */
interface Outcome {
  readonly kills: number
  readonly hung: boolean
  readonly hash: string
  readonly calls: number
}

/** Pseudo-random, so that a run of the benchmark can be repeated. */
export const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

/** Runs a pipeline, killing it up to so many times after up to so many milliseconds. */
const outlive = async (
  shape: Shape,
  mostKills: number,
  killAfterMs: () => number
): Promise<Outcome> => {
  await using simulator = await startSimulator({
    latency: { kind: "lognormal", medianMs: 12, sigma: 0.6 }
  })
  const directory = mkdtempSync(join(tmpdir(), "distilabel-crash-"))
  const outputs = join(directory, "out")
  let kills = 0
  let hung = false
  for (let done = false; !done && !hung;) {
    const child = start(shape, simulator.url, outputs, join(directory, "cache"))
    const ended = once(child, "exit") as Promise<[number | null]>
    const wait = kills < mostKills ? killAfterMs() : patienceMs
    const result = await Promise.race([ended, sleep(wait, "late" as const, { ref: false })])
    if (result !== "late") {
      if (result[0] !== 0) throw new Error(`a run of '${shape}' ended with code ${result[0]}`)
      done = true
      continue
    }
    hung = kills >= mostKills
    kills++
    child.kill("SIGKILL")
    await ended
  }
  const outcome = {
    kills,
    hung,
    hash: hung ? "" : contentHash(outputs),
    calls: simulator.stats().requests
  }
  rmSync(directory, { recursive: true, force: true })
  return outcome
}

/** So many kills, spread over runs of all shapes. */
export const crashes = async (allKills: number): Promise<ReadonlyArray<Figure>> => {
  const chance = random(allKills)
  // Simulators answer by the question alone: whichever one is asked, the undisturbed run is the same.
  const hashes = new Map<Shape, string>()
  for (const shape of shapes) hashes.set(shape, (await outlive(shape, 0, () => 0)).hash)
  let [kills, wrong, hangs, beyond, extra, runs] = [0, 0, 0, 0, 0, 0]
  while (kills < allKills) {
    const shape = shapes[runs++ % shapes.length]!
    const outcome = await outlive(shape, Math.min(5, allKills - kills), () => 150 + chance() * 1500)
    const { calls, inFlight } = expected[shape]
    kills += outcome.kills
    extra += Math.max(0, outcome.calls - calls)
    if (outcome.hung) hangs++
    else if (outcome.hash !== hashes.get(shape)) wrong++
    if (outcome.calls > calls + outcome.kills * inFlight) beyond++
  }
  const from = { kills, runs, "calls repeated": extra }
  return [
    { name: "runs with another result", value: wrong, unit: "runs", bar: 0, atMost: true, from },
    { name: "runs that hang", value: hangs, unit: "runs", bar: 0, atMost: true },
    {
      name: "runs with more calls than rows and what was in flight",
      value: beyond,
      unit: "runs",
      bar: 0,
      atMost: true
    },
    { name: "calls repeated for each kill", value: extra / Math.max(1, kills), unit: "calls" }
  ]
}

export const crash = (): Promise<ReadonlyArray<Figure>> => crashes(200)
