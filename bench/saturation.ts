/**
 * How well a model's limit is kept busy: the makespan of a perfect greedy scheduler over the
 * measured one, same latencies; and the memory that 10,000 requests in flight take.
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { latencyOf, startSimulator } from "distilabel-ts/simulator"
import type { Figure } from "./Figure.ts"
import { greedySeconds, model, promptOf, secondsFor, simulator } from "./simulated.ts"

const latency = { kind: "lognormal", medianMs: 200, sigma: 0.5 } as const

export const saturation = async (): Promise<ReadonlyArray<Figure>> => {
  const figures: Array<Figure> = []
  for (const { bar, limit, rows } of [
    { rows: 2000, limit: 50, bar: 0.95 },
    { rows: 20_000, limit: 256, bar: 0.9 },
    { rows: 50_000, limit: 1000, bar: 0.9 }
  ]) {
    await using listening = await simulator("--latency", "lognormal:200:0.5")
    const ideal = greedySeconds(
      Array.from({ length: rows }, (_, row) =>
        latencyOf({ seed: 42, latency }, { model, prompt: promptOf(row) })
      ),
      limit
    )
    const measured = await secondsFor(listening.url, rows, limit)
    figures.push({
      name: `${rows} rows, ${limit} in flight`,
      value: ideal / measured,
      unit: "of ideal",
      bar,
      from: { "ideal s": ideal, "measured s": measured }
    })
  }
  return [...figures, await crowd()]
}

const crowdSize = 10_000
const built = fileURLToPath(new URL("../dist/index.js", import.meta.url))

/**
 * Answers take so long that all of the first are in flight before one of them is back. The built
 * package is measured where there is one, for sources take memory of their own.
 */
const crowd = async (): Promise<Figure> => {
  await using listening = await startSimulator({ latency: { kind: "constant", ms: 15_000 } })
  const run = fileURLToPath(new URL("crowdRun.ts", import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...(existsSync(built) ? [] : process.execArgv),
    run,
    listening.url,
    String(2 * crowdSize),
    String(crowdSize)
  ])
  const { answered, megabytes } = JSON.parse(stdout) as {
    readonly answered: number
    readonly megabytes: number
  }
  return {
    name: `memory with ${crowdSize} in flight`,
    value: megabytes,
    unit: "MB",
    bar: 600,
    atMost: true,
    from: { answered, "most in flight": listening.stats().maxInFlight }
  }
}
