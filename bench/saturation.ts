/**
 * How well a model's limit is kept busy: the makespan of a perfect greedy scheduler over the
 * measured one, same latencies.
 */
import { latencyOf } from "distilabel-ts/simulator"
import type { Figure } from "./Figure.ts"
import { greedySeconds, model, promptOf, secondsFor, simulator } from "./simulated.ts"

const latency = { kind: "lognormal", medianMs: 200, sigma: 0.5 } as const

export const saturation = async (): Promise<ReadonlyArray<Figure>> => {
  const figures: Array<Figure> = []
  for (const { bar, limit, rows } of [
    { rows: 2000, limit: 50, bar: 0.95 },
    { rows: 20_000, limit: 256, bar: 0.9 }
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
  return figures
}
