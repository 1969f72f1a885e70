/**
 * 5,000 rows of which every fifth meets a fault that passes and every fiftieth one that does not:
 * which rows fail, and how long it takes against a perfect scheduler with the same retries.
 */
import { type Fault, faultOf, latencyOf, startSimulator } from "distilabel-ts/simulator"
import type { Figure } from "./Figure.ts"
import { answerRows, model, promptOf } from "./simulated.ts"

const rows = Number(process.env["FAULT_ROWS"] ?? 5000)
const limit = 64
const timeoutSeconds = 2
const latency = { kind: "lognormal", medianMs: 200, sigma: 0.5 } as const
const kinds: ReadonlyArray<Fault> = [
  { kind: "rate-limit", share: 0.04 },
  { kind: "server-error", share: 0.02 },
  { kind: "server-error", share: 0.02, status: 503 },
  { kind: "reset", share: 0.04 },
  { kind: "cut-body", share: 0.03 },
  { kind: "invalid-json", share: 0.03 },
  { kind: "hang", share: 0.02 },
  { kind: "refusal", share: 0.02, permanent: true }
]

/**
 * Milliseconds that a place is taken by each attempt at a row's question, and that the row waits
 * after it.
 */
const attemptsOf = (
  row: number
): ReadonlyArray<{ readonly takes: number; readonly waits: number }> => {
  const question = { model, prompt: promptOf(row) }
  const answer = { takes: latencyOf({ latency }, question), waits: 0 }
  const fault = faultOf({ faults: kinds }, question)
  if (fault === undefined || fault.permanent === true) return [answer]
  const takes =
    fault.kind === "rate-limit" ? 0 : fault.kind === "hang" ? timeoutSeconds * 1000 : answer.takes
  return [{ takes, waits: fault.kind === "rate-limit" ? 1000 : 500 }, answer]
}

/**
 * Seconds of a scheduler that always takes the row that has been ready longest, and keeps no place
 * free.
 */
const idealSeconds = (): number => {
  let now = 0
  const ready = Array.from({ length: rows }, (_, row) => ({ row, attempt: 0 }))
  /** What happens next: a place comes free, or a row comes back. */
  const events: Array<{
    readonly at: number
    readonly back?: { readonly row: number; readonly attempt: number }
  }> = []
  let free = limit
  let next = 0
  while (next < ready.length || events.length > 0) {
    while (free > 0 && next < ready.length) {
      const { attempt, row } = ready[next++]!
      const { takes, waits } = attemptsOf(row)[attempt]!
      free--
      events.push({ at: now + takes })
      if (attempt + 1 < attemptsOf(row).length)
        events.push({ at: now + takes + waits, back: { row, attempt: attempt + 1 } })
    }
    events.sort((a, b) => b.at - a.at)
    const event = events.pop()
    if (event === undefined) break
    now = event.at
    if (event.back === undefined) free++
    else ready.push(event.back)
  }
  return now / 1000
}

export const faults = async (): Promise<ReadonlyArray<Figure>> => {
  await using simulator = await startSimulator({ latency, faults: kinds })
  const lost = new Set(
    Array.from({ length: rows }, (_, row) => row).filter(
      (row) => faultOf({ faults: kinds }, { model, prompt: promptOf(row) })?.permanent === true
    )
  )
  const start = performance.now()
  const { failed } = await answerRows(simulator.url, rows, {
    maxConcurrency: limit,
    timeout: timeoutSeconds
  })
  const measured = (performance.now() - start) / 1000
  const rowsFailed = failed.map(({ row }) => Number(row["row"]))
  const ideal = idealSeconds()
  return [
    {
      name: "rows that failed and should not have",
      value: rowsFailed.filter((row) => !lost.has(row)).length,
      unit: "rows",
      bar: 0,
      atMost: true,
      from: { failed: rowsFailed.length }
    },
    {
      name: "rows that should have failed and did not",
      value: lost.size - rowsFailed.filter((row) => lost.has(row)).length,
      unit: "rows",
      bar: 0,
      atMost: true
    },
    {
      name: "throughput",
      value: ideal / measured,
      unit: "of ideal",
      bar: 0.85,
      from: { "ideal s": ideal, "measured s": measured }
    }
  ]
}
