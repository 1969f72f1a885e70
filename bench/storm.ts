/**
 * A provider that takes 50 requests a second and rejects what comes above: how much of that is
 * used, and how much is asked in vain.
 */
import { startSimulator } from "distilabel-ts/simulator"
import type { Figure } from "./Figure.ts"
import { answerRows } from "./simulated.ts"

const allowance = 50
const rows = 3000
const settleMs = 10_000

/** Requests of each second, as the simulator counted them. */
interface Sample {
  readonly at: number
  readonly answered: number
  readonly rejected: number
}

const storm50 = async (
  limit: number
): Promise<{ readonly sustained: number; readonly rejected: number }> => {
  await using simulator = await startSimulator({
    requestsPerSecond: allowance,
    latency: { kind: "lognormal", medianMs: 200, sigma: 0.4 }
  })
  const samples: Array<Sample> = []
  const start = performance.now()
  const timer = setInterval(() => {
    const { byFault, byStatus, answered } = simulator.stats()
    samples.push({
      at: performance.now() - start,
      answered,
      rejected: (byStatus["429"] ?? 0) - byFault["rate-limit"]
    })
  }, 250)
  await answerRows(simulator.url, rows, { maxConcurrency: limit })
  clearInterval(timer)
  const from = samples.find(({ at }) => at >= settleMs)!
  // The last rows trickle in: what is measured ends while there is enough to do.
  const to = samples.findLast(({ answered }) => answered <= rows - limit) ?? samples.at(-1)!
  const answered = to.answered - from.answered
  const rejected = to.rejected - from.rejected
  return {
    sustained: answered / ((to.at - from.at) / 1000) / allowance,
    rejected: rejected / (answered + rejected)
  }
}

export const storm = async (): Promise<ReadonlyArray<Figure>> => {
  const figures: Array<Figure> = []
  for (const limit of [64, 256]) {
    const { rejected, sustained } = await storm50(limit)
    figures.push(
      {
        name: `sustained after 10 s, ${limit} at once`,
        value: sustained,
        unit: "of the allowance",
        bar: 0.9
      },
      {
        name: `rejected after 10 s, ${limit} at once`,
        value: rejected,
        unit: "of all calls",
        bar: 0.05,
        atMost: true
      }
    )
  }
  return figures
}
