/**
 * The most calls a second that one process makes through the SDK and the engine, against bare
 * undici to the same simulator in the same run.
 */
import { Agent, request } from "undici"
import type { Figure } from "./Figure.ts"
import { model, promptOf, secondsFor, simulator } from "./simulated.ts"

const calls = 10_000
const limit = 128

const rawSeconds = async (url: string): Promise<number> => {
  const dispatcher = new Agent({ connections: limit })
  const start = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    for (let row = next++; row < calls; row = next++) {
      const body = JSON.stringify({ model, messages: [{ role: "user", content: promptOf(row) }] })
      const answer = await request(`${url}/v1/chat/completions`, {
        method: "POST",
        dispatcher,
        headers: { "content-type": "application/json" },
        body
      })
      await answer.body.json()
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  const seconds = (performance.now() - start) / 1000
  await dispatcher.close()
  return seconds
}

export const ceiling = async (): Promise<ReadonlyArray<Figure>> => {
  await using listening = await simulator("--latency", "none")
  await rawSeconds(listening.url)
  // Interleaved, so that what else the machine does falls on both.
  const ratios: Array<{ readonly ours: number; readonly raw: number }> = []
  for (let round = 0; round < 3; round++) {
    const raw = calls / (await rawSeconds(listening.url))
    ratios.push({ raw, ours: calls / (await secondsFor(listening.url, calls, limit)) })
  }
  const [median] = ratios.toSorted((a, b) => a.ours / a.raw - b.ours / b.raw).slice(1)
  return [
    {
      name: "calls/s against bare undici",
      value: median!.ours / median!.raw,
      unit: "of raw",
      bar: 0.3,
      from: { "ours/s": median!.ours, "raw/s": median!.raw }
    }
  ]
}
