/** What a few slow answers cost: 1 % of the rows take 5 s instead of 0.1 s. */
import { latencyOf } from "distilabel-ts/simulator"
import type { Figure } from "./Figure.ts"
import { greedySeconds, model, promptOf, secondsFor, simulator } from "./simulated.ts"

const rows = 2000
const limit = 50
const latency = { kind: "stragglers", ms: 100, share: 0.01, slowMs: 5000 } as const

export const stragglers = async (): Promise<ReadonlyArray<Figure>> => {
  await using listening = await simulator("--latency", "stragglers:100:0.01:5000")
  const ideal = greedySeconds(
    Array.from({ length: rows }, (_, row) =>
      latencyOf({ seed: 42, latency }, { model, prompt: promptOf(row) })
    ),
    limit
  )
  const measured = await secondsFor(listening.url, rows, limit)
  return [
    {
      name: `${rows} rows, ${limit} in flight`,
      value: measured / ideal,
      unit: "× ideal",
      bar: 1.1,
      atMost: true,
      from: { "ideal s": ideal, "measured s": measured }
    }
  ]
}
